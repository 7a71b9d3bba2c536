import { Html, html } from '../html.js';
import { STYLESHEET_PATH, STYLESHEET_VERSION } from './stylesheet.js';

/** One page of the design system. */
export interface PageContent {
  /** Begins the window's title; the page's own heading belongs into `body`. */
  readonly title: string;
  /** Path below which the process is reached, without a trailing slash: empty, or `/t1`. */
  readonly basePath: string;
  /** What stands in `main`; cards follow one another with even spacing. */
  readonly body: Html;
  /** `narrow` (the default) holds one centred card, `wide` a page of several. */
  readonly width?: 'narrow' | 'wide';
  /** What the pages of this server are called, at the top and in the window's title: Pulsegate when left out. */
  readonly brand?: string | undefined;
  /** Right side of the bar at the top: who is signed in, links. */
  readonly bar?: Html;
}

const HEART = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
  <path
    d="M12 21s-7.6-4.6-9.8-9.3C.6 8.2 2.5 4 6.4 4c2.3 0 4 1.3 5.6 3.4C13.6 5.3 15.3 4 17.6 4c3.9 0 5.8 4.2 4.2 7.7C19.6 16.4 12 21 12 21z"
  />
</svg>`;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath fill='%23b3153f' d='M12 21s-7.6-4.6-9.8-9.3C.6 8.2 2.5 4 6.4 4c2.3 0 4 1.3 5.6 3.4C13.6 5.3 15.3 4 17.6 4c3.9 0 5.8 4.2 4.2 7.7C19.6 16.4 12 21 12 21z'/%3E%3C/svg%3E";

/** Writes a whole HTML document around a page's content. */
export function page({ title, basePath, body, width = 'narrow', brand = 'Pulsegate', bar }: PageContent): string {
  const document = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title} · ${brand}</title>
      <link rel="icon" href="${ICON}" />
      <link rel="stylesheet" href="${basePath}${STYLESHEET_PATH}?v=${STYLESHEET_VERSION}" />
    </head>
    <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="topbar">
        <span class="brand">${HEART}${brand}</span>
        ${bar}
      </header>
      <main id="content" class="${width}">${body}</main>
    </body>
  </html>`;
  return `<!doctype html>\n${document.toString()}\n`;
}
