import { html } from '../html.js';
import { page } from './layout.js';
import { pageHeaders } from './page-headers.js';
import { STYLESHEET, STYLESHEET_VERSION, stylesheetHeaders } from './stylesheet.js';

describe('a page', () => {
  const document = page({ title: 'Sharing <b>', basePath: '/t1', body: html`<h1>Hello</h1>`, width: 'wide' });

  it('is a whole document in a language, with its title escaped', () => {
    expect(document).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(document).toContain('<title>Sharing &lt;b&gt; · Pulsegate</title>');
    expect(document).toContain('<main id="content" class="wide"><h1>Hello</h1></main>');
    expect(document).toContain('width=device-width');
  });

  it('finds its stylesheet below the path of the process, by its version', () => {
    expect(document).toContain(`href="/t1/assets/pulsegate.css?v=${STYLESHEET_VERSION}"`);
  });

  it('is narrow, and has a bar, when asked', () => {
    const narrow = page({ title: 'T', basePath: '', body: html`x`, bar: html`<a href="/">Home</a>` });
    expect(narrow).toContain('<main id="content" class="narrow">');
    expect(narrow).toContain('<a href="/">Home</a>');
  });

  it('bears the name of its server, at the top and in the title', () => {
    const named = page({ title: 'T', basePath: '', body: html`x`, brand: 'Viewer' });
    expect(named).toContain('<title>T · Viewer</title>');
    expect(named).toContain('Viewer</span>');
    expect(named).not.toContain('Pulsegate<');
  });

  it('has nothing inline that its content security policy would stop', () => {
    expect(document).not.toMatch(/<script|<style|style=| on\w+=/);
  });
});

describe('the headers of a page', () => {
  it('let its forms lead to the origins, or the schemes of apps, that it names, each once', () => {
    const formTargets = ['https://c.test/cb?x=1', 'https://c.test/other', 'com.example.app:/cb'];
    const policy = pageHeaders({ formTargets })['content-security-policy'];
    expect(policy).toContain("form-action 'self' https://c.test com.example.app:;");
  });

  it('allow nothing more by default', () => {
    const policy = pageHeaders()['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self';");
    expect(policy).not.toContain('unsafe');
  });
});

describe('the stylesheet', () => {
  it('is kept for ever under its present version only', () => {
    expect(stylesheetHeaders(STYLESHEET_VERSION)['cache-control']).toContain('immutable');
    expect(stylesheetHeaders('older')['cache-control']).toBe('no-cache');
    expect(stylesheetHeaders(undefined)['etag']).toBe(`"${STYLESHEET_VERSION}"`);
  });

  it('fetches nothing from elsewhere', () => {
    expect(STYLESHEET).not.toMatch(/url\(|@import/);
  });

  it.each([
    ['light', /^:root \{[^}]+\}/],
    ['dark', /prefers-color-scheme: dark\) \{\s*:root \{[^}]+\}/],
  ])('has text that can be read on its grounds in the %s theme (WCAG 2.2, 1.4.3)', (_theme, pattern) => {
    const [declarations = ''] = pattern.exec(STYLESHEET) ?? [];
    const colours = new Map(
      [...declarations.matchAll(/--([\w-]+): (#[\da-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const pairs = [
      ['ink', 'ground'],
      ['ink', 'surface'],
      ['ink', 'raised'],
      ['muted', 'ground'],
      ['muted', 'surface'],
      ['accent', 'surface'],
      ['accent', 'accent-soft'],
      ['on-accent', 'accent'],
      ['on-accent', 'accent-hover'],
      ['bad', 'bad-soft'],
      ['bad', 'surface'],
      ['good', 'good-soft'],
      ['ink', 'good-soft'],
    ] as const;
    for (const [text, ground] of pairs) {
      expect({ text, ground, contrast: contrast(colours.get(text), colours.get(ground)) >= 4.5 }).toEqual({
        text,
        ground,
        contrast: true,
      });
    }
    expect(contrast(colours.get('line-strong'), colours.get('surface'))).toBeGreaterThanOrEqual(3);
  });
});

/** Contrast ratio of two colours. @see WCAG 2.2, definition of contrast ratio */
function contrast(one = '', other = ''): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5].map((start) => {
    const share = parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
