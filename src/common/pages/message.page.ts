import { type Html, html } from '../html.js';
import { page } from './layout.js';

/** A page that says one thing and offers what to do next. */
export interface Message {
  readonly basePath: string;
  readonly brand?: string | undefined;
  readonly title: string;
  readonly body: Html;
}

/** Writes a page with a single card. */
export function messagePage({ basePath, brand, title, body }: Message): string {
  return page({
    title,
    basePath,
    brand,
    body: html`<section class="card" aria-labelledby="heading">
      <h1 id="heading">${title}</h1>
      ${body}
    </section>`,
  });
}
