import { type Html, html } from '../../common/html.js';
import { shortened } from '../../common/pages/shortened.js';
import { ENDPOINTS } from '../endpoints.js';
import type { ShareDecision } from './share-refusal.js';

/** Id of the message that says what is wrong with a field. */
export const PROBLEM_ID = 'problem';

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

/** A box to tick. @param mark as {@link marked} writes it */
export function box(name: string, value: string, text: string, chosen: readonly string[] = [], mark?: Html): Html {
  const ticked = chosen.includes(value) ? html`checked` : undefined;
  const input = html`<input type="checkbox" name="${name}" value="${value}" ${ticked} ${mark} />`;
  return html`<label class="choice">${input} <span>${shortened(text)}</span></label>`;
}

/** Attributes of a field, by which the message about what is wrong is read with it. @param refused the form, if it was */
export function marked(
  decision: ShareDecision,
  refused: { readonly wrong: ShareDecision | undefined } | undefined,
): Html | undefined {
  return refused?.wrong === decision ? html`aria-invalid="true" aria-describedby="${PROBLEM_ID}"` : undefined;
}
