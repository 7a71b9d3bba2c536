import { html } from '../../../common/html.js';
import { messagePage as cardPage } from '../../../common/pages/message.page.js';
import { basePathOf } from '../oidc.options.js';

/** A page that only says something. */
export interface Message {
  readonly issuer: string;
  readonly title: string;
  /** What happened, and what to do next. */
  readonly message: string;
  readonly link?: { readonly href: string; readonly label: string };
}

/** Writes a page with one message and at most one way on. */
export function messagePage({ issuer, title, message, link }: Message): string {
  return cardPage({
    title,
    basePath: basePathOf(issuer),
    body: html`<p>${message}</p>
      ${link && html`<p><a class="button primary" href="${link.href}">${link.label}</a></p>`}`,
  });
}
