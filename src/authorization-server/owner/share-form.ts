import { type Html, html } from '../../common/html.js';
import { ENDPOINTS } from '../endpoints.js';
import type { ShareDecision } from './share-refusal.js';

/** What a person may get to see, with its name in people's words. */
export interface SharableScope {
  readonly id: string;
  readonly name: string;
}

/** A resource that the form can share. */
export interface SharableResource {
  readonly id: string;
  readonly scopes: readonly SharableScope[];
  /** Whether the owner came for this resource, or there is no other: its form is open then. */
  readonly preselected: boolean;
}

/** A form that was sent and not done; it is shown again as it was filled in. */
export interface RefusedShareForm {
  readonly sent: {
    /** Id of the resource whose form it is. */
    readonly resource: string;
    readonly username: string;
    readonly scopes: readonly string[];
    readonly until?: string;
  };
  /** Which field is wrong, when it is one of them. */
  readonly wrong: ShareDecision | undefined;
}

/** What the forms of all resources have in common. */
export interface ShareFormContext {
  readonly issuer: string;
  readonly csrfToken: string;
  /** The form that was sent just now, to be corrected. */
  readonly refused?: RefusedShareForm;
}

/** Id of the message that says what is wrong with a field. */
export const PROBLEM_ID = 'problem';

/** Writes the form that shares a resource. */
export function shareForm({ id, scopes, preselected }: SharableResource, context: ShareFormContext): Html {
  const { issuer, csrfToken, refused } = context;
  const filled = refused?.sent.resource === id ? refused : undefined;
  return html`<details ${preselected ? html`open` : undefined}>
    <summary>Share…</summary>
    <form class="stack" method="post" action="${issuer}${ENDPOINTS.account}/shares">
      <input type="hidden" name="csrf_token" value="${csrfToken}" />
      <input type="hidden" name="resource" value="${id}" />
      ${granteeField(id, filled)}
      <fieldset>
        <legend>What</legend>
        ${scopes.map((scope) => scopeChoice(scope, filled))}
      </fieldset>
      ${untilField(id, filled)}
      <div class="actions"><button class="primary">Share</button></div>
    </form>
  </details>`;
}

function granteeField(id: string, filled: RefusedShareForm | undefined): Html {
  return html`<div class="field">
    <label for="who-${id}">With whom</label>
    <input
      id="who-${id}"
      name="username"
      value="${filled?.sent.username}"
      required
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      ${marked('grantee', filled)}
    />
    <span class="hint">The name they sign in with here.</span>
  </div>`;
}

function scopeChoice({ id, name }: SharableScope, filled: RefusedShareForm | undefined): Html {
  const ticked = filled?.sent.scopes.includes(id) === true ? html`checked` : undefined;
  const box = html`<input type="checkbox" name="scopes" value="${id}" ${ticked} ${marked('scopes', filled)} />`;
  return html`<label class="choice">${box} ${name}</label>`;
}

function untilField(id: string, filled: RefusedShareForm | undefined): Html {
  return html`<div class="field">
    <label for="until-${id}">Until when</label>
    <input id="until-${id}" name="until" type="date" value="${filled?.sent.until}" ${marked('time', filled)} />
    <span class="hint">The end of that day, UTC. Leave it empty to share until you stop it.</span>
  </div>`;
}

function marked(decision: ShareDecision, filled: RefusedShareForm | undefined): Html | undefined {
  return filled?.wrong === decision ? html`aria-invalid="true" aria-describedby="${PROBLEM_ID}"` : undefined;
}
