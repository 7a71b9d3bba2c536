import { type Html, html } from '../../common/html.js';
import { listed, shortened } from '../../common/pages/shortened.js';
import { accountForm, box, type FormContext, hiddenFields, marked, unseen } from './account-form.js';
import type { ShareDecision } from './share-refusal.js';

/** Something that is asked for, with its name in people's words. */
export interface AskedScope {
  readonly id: string;
  readonly name: string;
}

/** Somebody's request, as it is shown. */
export interface ShownRequest {
  readonly id: string;
  /** Who asks. */
  readonly person: string;
  readonly issuer: string;
  readonly subject: string;
  /** Through which app. */
  readonly app: string;
  /** Of what. */
  readonly resource: string;
  /** What is asked for; none: anything. */
  readonly asked: readonly AskedScope[];
  /** What the owner may choose from. */
  readonly choices: readonly AskedScope[];
  /** Since when it waits. */
  readonly since: Html;
}

/** An answer that was sent and not taken; it is shown again as it was filled in. */
export interface RefusedAnswer {
  /** Id of the request that it answers. */
  readonly id: string;
  readonly sent: { readonly scopes: readonly string[]; readonly until?: string };
  /** Which field is wrong. */
  readonly wrong: ShareDecision;
}

/** What the forms of all requests have in common. */
export interface RequestFormContext extends FormContext {
  readonly refusedAnswer?: RefusedAnswer;
}

/** How many requests are shown at once. */
const SHOWN = 20;

/** Writes the part of the sharing page with those who ask, and the switch that lets people ask. */
export function requestsCard(
  requests: readonly ShownRequest[],
  acceptsRequests: boolean,
  context: RequestFormContext,
): Html {
  const more = requests.length - SHOWN;
  const items = requests.slice(0, SHOWN).map((request) => requestItem(request, context));
  return html`<section class="card" aria-labelledby="requests">
    <h2 id="requests">Requests (${requests.length})</h2>
    ${
      items.length === 0
        ? html`<p class="muted">Nobody is waiting for your answer.</p>`
        : html`<div class="stack" role="list">${items}</div>`
    }
    ${more > 0 ? html`<p class="muted">${more} more wait behind these.</p>` : undefined}
    ${askingSwitch(acceptsRequests, context)}
  </section>`;
}

function requestItem(request: ShownRequest, context: RequestFormContext): Html {
  const { id, person, app, resource, asked, since } = request;
  const what = asked.length === 0 ? 'something' : listed(asked.map(({ name }) => name));
  return html`<div class="stack" role="listitem">
    <div class="stack-tight">
      <h3>${person} asks for ${shortened(resource)}: ${what}</h3>
      <p class="muted small">with ${app} · ${since}</p>
    </div>
    <div class="row">
      ${asked.length === 0 ? undefined : allowAll(request, context)}
      ${accountForm(context, `requests/${id}/refuse`, html`<button>No${unseen(`to ${person}`)}</button>`)}
      ${accountForm(context, 'blocks', blockButton(request))}
    </div>
    ${allowOnly(request, context)}
  </div>`;
}

/** What the owner sees is sent along, so that nothing is allowed that was asked for meanwhile. */
function allowAll({ id, person, asked }: ShownRequest, context: FormContext): Html {
  const ids = asked.map((scope) => scope.id);
  const fields = [...hiddenFields('seen', ids), ...hiddenFields('scopes', ids)];
  const inside = html`${fields}<button class="primary">Allow all${unseen(`that ${person} asks for`)}</button>`;
  return accountForm(context, `requests/${id}/allow`, inside);
}

function blockButton({ issuer, subject, person }: ShownRequest): Html {
  return html`<input type="hidden" name="issuer" value="${issuer}" />
    <input type="hidden" name="subject" value="${subject}" />
    <button class="link small">Never share with ${person}</button>`;
}

function allowOnly({ id, person, asked, choices }: ShownRequest, context: RequestFormContext): Html {
  const refused = context.refusedAnswer?.id === id ? context.refusedAnswer : undefined;
  const seen = hiddenFields(
    'seen',
    asked.map((scope) => scope.id),
  );
  const boxes = choices.map((scope) =>
    box('scopes', scope.id, scope.name, refused?.sent.scopes, marked('scopes', refused)),
  );
  const inside = html`${seen}
    <fieldset>
      <legend>What</legend>
      ${boxes}
    </fieldset>
    <div class="field">
      <label for="allow-until-${id}">Until when</label>
      <input
        id="allow-until-${id}"
        name="until"
        type="date"
        value="${refused?.sent.until}"
        ${marked('time', refused)}
      />
      <span class="hint"
        >The end of that day, UTC. Leave it empty to share until you stop it, or as long as what you share with this
        person already.</span
      >
    </div>
    <div class="actions"><button class="primary">Allow this${unseen(`to ${person}`)}</button></div>`;
  return html`<details ${refused === undefined ? undefined : html`open`}>
    <summary>Allow only…${unseen(`some of what ${person} asks for`)}</summary>
    ${accountForm(context, `requests/${id}/allow`, inside, 'stack')}
  </details>`;
}

function askingSwitch(acceptsRequests: boolean, context: FormContext): Html {
  const [says, does] = acceptsRequests
    ? ['People may ask you for what you do not share with them.', 'Let nobody ask']
    : ['Nobody can ask you for what you do not share with them.', 'Let people ask me'];
  const inside = html`${hiddenFields('acceptsRequests', [String(!acceptsRequests)])}<button>${does}</button>`;
  return html`<div class="spread">
    <p class="muted">${says}</p>
    ${accountForm(context, 'settings', inside)}
  </div>`;
}
