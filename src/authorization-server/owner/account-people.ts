import { type Html, html } from '../../common/html.js';
import { listed } from '../../common/pages/shortened.js';
import { accountForm, type FormContext, hiddenFields, unseen } from './account-form.js';

/** One share, as it is shown. */
export interface ShownShare {
  readonly id: string;
  /** Names of what they may see. */
  readonly what: readonly string[];
  /** Where it is not plain from the page, of what; how long; and what limits it, each in words. */
  readonly terms: readonly string[];
  readonly paused: boolean;
  /** Whether it has ended by itself. */
  readonly isOver: boolean;
}

/** Those whom an owner shares with, with what they may see. */
export interface ShownGrantee {
  readonly name: string;
  /** A known person, whom the owner can block. */
  readonly person: { readonly issuer: string; readonly subject: string } | undefined;
  readonly isBlocked: boolean;
  readonly shares: readonly ShownShare[];
}

/** Somebody whom the owner never shares with. */
export interface ShownBlock {
  readonly id: string;
  readonly name: string;
}

/** Writes the list of those whom an owner shares with. */
export function granteeList(grantees: readonly ShownGrantee[], context: FormContext): Html {
  if (grantees.length === 0) return html`<p class="muted">You share with nobody.</p>`;
  return html`<div class="stack" role="list">${grantees.map((grantee) => granteeItem(grantee, context))}</div>`;
}

/** Writes the list of those whom an owner never shares with. */
export function blocksCard(blocks: readonly ShownBlock[], context: FormContext): Html | undefined {
  if (blocks.length === 0) return undefined;
  const items = blocks.map(
    ({ id, name }) =>
      html`<div class="spread" role="listitem">
        <h3>${name}</h3>
        ${accountForm(context, `blocks/${id}/lift`, html`<button>Share again${unseen(`with ${name}`)}</button>`)}
      </div>`,
  );
  return html`<section class="card" aria-labelledby="blocks">
    <h2 id="blocks">You never share with</h2>
    <div class="stack" role="list">${items}</div>
  </section>`;
}

function granteeItem(grantee: ShownGrantee, context: FormContext): Html {
  const { name, person, isBlocked, shares } = grantee;
  return html`<div class="stack-tight" role="listitem">
    <h3>${name} ${isBlocked ? html`<span class="tag">you never share with them</span>` : undefined}</h3>
    ${shares.map((share) => shareItem(share, name, context))}
    ${person === undefined || isBlocked ? undefined : blockForm(name, person, context)}
  </div>`;
}

function shareItem({ id, what, terms, paused, isOver }: ShownShare, name: string, context: FormContext): Html {
  const act = (path: string, button: Html): Html => accountForm(context, `shares/${id}/${path}`, button);
  const pause = paused
    ? act('resume', html`<button>Go on${unseen(`sharing with ${name}`)}</button>`)
    : act('pause', html`<button>Pause${unseen(`sharing with ${name}`)}</button>`);
  return html`<div class="spread">
    <div class="stack-tight">
      <p>${listed(what)} ${paused ? html`<span class="tag">paused</span>` : undefined}</p>
      <p class="muted small">${listed(terms)}</p>
    </div>
    <div class="row">
      ${isOver ? undefined : pause}
      ${act('stop', html`<button class="danger">Stop sharing${unseen(`with ${name}`)}</button>`)}
    </div>
  </div>`;
}

function blockForm(name: string, { issuer, subject }: { issuer: string; subject: string }, context: FormContext): Html {
  const fields = [...hiddenFields('issuer', [issuer]), ...hiddenFields('subject', [subject])];
  return accountForm(context, 'blocks', html`${fields}<button class="link small">Never share with ${name}</button>`);
}
