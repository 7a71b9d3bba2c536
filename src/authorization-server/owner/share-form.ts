import { type Html, html } from '../../common/html.js';
import { purposeName } from '../policy/purpose-of-use.js';
import { accountForm, box, type FormContext, marked, unseen } from './account-form.js';
import type { App } from './apps.js';
import type { ShareDecision } from './share-refusal.js';

/** What a person may get to see, with its name in people's words. */
export interface SharableScope {
  readonly id: string;
  readonly name: string;
}

/** A resource that the form can share. */
export interface SharableResource {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly SharableScope[];
  /** Whether it has a type, all of which can be shared at once. */
  readonly hasKind: boolean;
  /** Whether the owner came for this resource, or there is no other: its form is open then. */
  readonly preselected: boolean;
}

/** A form that was sent and not done; it is shown again as it was filled in. */
export interface RefusedShareForm {
  readonly sent: {
    /** Id of the resource whose form it is. */
    readonly resource: string;
    readonly who: string;
    readonly scopes: readonly string[];
    readonly until?: string;
    readonly reach?: string;
    readonly purposes: readonly string[];
    readonly clients: readonly string[];
  };
  /** Which field is wrong, when it is one of them. */
  readonly wrong: ShareDecision | undefined;
}

/** What the forms of all resources have in common. */
export interface ShareFormContext extends FormContext {
  /** The apps that the owner has met. */
  readonly apps: readonly App[];
  /** The form that was sent just now, to be corrected. */
  readonly refused?: RefusedShareForm;
}

/** What the box is worth that shares all of a kind. */
export const WHOLE_KIND = 'kind';

/** The purposes that people are offered; the owner's API takes all that there are. */
const OFFERED_PURPOSES = ['TREAT', 'ETREAT', 'COC', 'HRESCH', 'PUBHLTH'];

/** Writes the form that shares a resource. */
export function shareForm(resource: SharableResource, context: ShareFormContext): Html {
  const { id, name, scopes, preselected } = resource;
  const filled = context.refused?.sent.resource === id ? context.refused : undefined;
  const inside = html`<input type="hidden" name="resource" value="${id}" />
    ${granteeField(id, filled)}
    <fieldset>
      <legend>What</legend>
      ${scopes.map((scope) => box('scopes', scope.id, scope.name, filled?.sent.scopes, marked('scopes', filled)))}
    </fieldset>
    ${untilField(id, filled)} ${limits(resource, context, filled)}
    <div class="actions"><button class="primary">Share</button></div>`;
  return html`<details ${preselected ? html`open` : undefined}>
    <summary>Share…${unseen(name)}</summary>
    ${accountForm(context, 'shares', inside, 'stack')}
  </details>`;
}

function granteeField(id: string, filled: RefusedShareForm | undefined): Html {
  return html`<div class="field">
    <label for="who-${id}">With whom</label>
    <input
      id="who-${id}"
      name="who"
      value="${filled?.sent.who}"
      required
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      ${marked('grantee', filled)}
    />
    <span class="hint"
      >The name they sign in with here, or their e-mail address, also when they have no account yet.</span
    >
  </div>`;
}

function untilField(id: string, filled: RefusedShareForm | undefined): Html {
  return html`<div class="field">
    <label for="until-${id}">Until when</label>
    <input id="until-${id}" name="until" type="date" value="${filled?.sent.until}" ${marked('time', filled)} />
    <span class="hint">The end of that day, UTC. Leave it empty to share until you stop it.</span>
  </div>`;
}

/** What few people want to say; it is open when they have said it. */
function limits({ hasKind }: SharableResource, { apps }: ShareFormContext, filled: RefusedShareForm | undefined): Html {
  const { reach, purposes, clients } = filled?.sent ?? { purposes: [], clients: [] };
  const said = [reach ?? [], purposes, clients].flat();
  const kind = box('reach', WHOLE_KIND, 'also all else of this kind that you have or will have', said);
  return html`<details ${said.length > 0 ? html`open` : undefined}>
    <summary>More choices</summary>
    <div class="stack">
      ${
        hasKind
          ? html`<fieldset>
              <legend>How much</legend>
              ${kind}
            </fieldset>`
          : undefined
      }
      <fieldset>
        <legend>Only for</legend>
        ${OFFERED_PURPOSES.map((code) => box('purposes', code, purposeName(code), purposes))}
        <p class="muted small">None ticked: for whatever they want it for.</p>
      </fieldset>
      ${apps.length === 0 ? undefined : appChoice(apps, clients, marked('clients', filled))}
    </div>
  </details>`;
}

function appChoice(apps: readonly App[], chosen: readonly string[], mark: Html | undefined): Html {
  return html`<fieldset>
    <legend>Only with</legend>
    ${apps.map(({ clientId, name }) => box('clients', clientId, name, chosen, mark))}
    <p class="muted small">None ticked: with any app.</p>
  </fieldset>`;
}
