import { type Html, html } from '../../../common/html.js';
import { page } from '../../../common/pages/layout.js';
import type { InteractionView } from './interaction-view.js';

/** What the consent page shows. */
export interface ConsentView extends InteractionView {
  /** Name of the person who is signed in. */
  readonly personName: string;
  /** What the application wants, each completing "wants to …". */
  readonly wishes: readonly string[];
  /** Host that the person goes back to; `undefined` when it is a device that goes on. */
  readonly returnHost: string | undefined;
}

const TICK = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M4 13l5 5L20 7" /></svg>`;

/** Writes the page that asks a person to allow what an application wants. */
export function consentPage(view: ConsentView): string {
  const { basePath, clientName, wishes, returnHost } = view;
  return page({
    title: 'Allow access?',
    basePath,
    body: html`<section class="card" aria-labelledby="heading">
      <div class="stack-tight">
        <p class="muted">Allow access?</p>
        <h1 id="heading">${clientName} wants to</h1>
      </div>
      <ul class="wishes">
        ${wishes.map((wish) => html`<li>${TICK}<span>${wish}</span></li>`)}
      </ul>
      ${signedInAs(view)}
      <div class="actions">
        ${form(view, 'confirm', html`<button class="primary" type="submit">Allow</button>`)}
        ${form(view, 'abort', html`<button type="submit">Cancel</button>`)}
      </div>
      <p class="muted small">
        ${returnHost === undefined ? 'The device then goes on by itself.' : html`You then go back to ${returnHost}.`}
      </p>
    </section>`,
  });
}

function signedInAs(view: ConsentView): Html {
  const button = html`<button class="link" type="submit">not you?</button>`;
  return html`<div class="row tight">
    <span>Signed in as <strong>${view.personName}</strong> ·</span>
    ${form(view, 'switch', button)}
  </div>`;
}

function form({ action, formToken }: ConsentView, step: string, button: Html): Html {
  return html`<form method="post" action="${action}/${step}">
    <input type="hidden" name="csrf_token" value="${formToken}" />
    ${button}
  </form>`;
}
