import { html } from '../html.js';
import { listed, shortened } from './shortened.js';

describe('a name on a page', () => {
  it('is shown whole up to 200 characters, also of those that take two places', () => {
    for (const name of ['', 'Heart rate', 'x'.repeat(200), '♥'.repeat(200), '🫀'.repeat(200)]) {
      expect(shortened(name)).toBe(name);
    }
  });

  it('is cut where it is longer, between characters, and told whole by its title', () => {
    const name = `"${'🫀'.repeat(200)}`;
    const whole = `&quot;${'🫀'.repeat(200)}`;
    expect(String(shortened(name))).toBe(`<span title="${whole}">&quot;${'🫀'.repeat(199)}…</span>`);
  });

  it('stands in a line with others', () => {
    expect(html`${listed(['a', 'b', 'c'])}`.toString()).toBe('a · b · c');
    expect(html`${listed([])}`.toString()).toBe('');
    expect(html`${listed(['a', '<'.repeat(201)])}`.toString()).toMatch(/^a · <span title="(&lt;){201}">(&lt;){200}…</);
  });
});
