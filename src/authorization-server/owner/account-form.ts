import { type Html, html } from '../../common/html.js';
import { ENDPOINTS } from '../endpoints.js';

/** What every form of the sharing page needs. */
export interface FormContext {
  readonly issuer: string;
  readonly csrfToken: string;
}

/** Opens a form of the sharing page. @param path what it does, below the page's own path */
export function accountForm({ issuer, csrfToken }: FormContext, path: string, inside: Html, classes = ''): Html {
  return html`<form method="post" action="${issuer}${ENDPOINTS.account}/${path}" class="${classes}">
    <input type="hidden" name="csrf_token" value="${csrfToken}" />
    ${inside}
  </form>`;
}

/** Fields that are sent as they are. */
export function hiddenFields(name: string, values: readonly string[]): readonly Html[] {
  return values.map((value) => html`<input type="hidden" name="${name}" value="${value}" />`);
}

/** What tells a button from others of the same name to those who only hear it. */
export function unseen(text: string): Html {
  return html`<span class="visually-hidden"> ${text}</span>`;
}
