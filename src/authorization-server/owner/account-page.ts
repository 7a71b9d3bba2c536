import { type Html, html } from '../../common/html.js';
import { page } from '../../common/pages/layout.js';
import { ENDPOINTS } from '../endpoints.js';
import { basePathOf } from '../oidc/oidc.options.js';

/** What a person may get to see, with its name in people's words. */
export interface SharableScope {
  readonly id: string;
  readonly name: string;
}

/** One share, as it is shown. */
export interface ShownShare {
  readonly id: string;
  /** With whom. */
  readonly person: string;
  /** Names of what they may see. */
  readonly what: readonly string[];
  /** How long, in words. */
  readonly duration: string;
}

/** One resource with those it is shared with. */
export interface ShownResource {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly SharableScope[];
  readonly shares: readonly ShownShare[];
  /** Whether the owner came for this resource, or there is no other: its form is open then. */
  readonly preselected: boolean;
}

/** All that the sharing page shows. */
export interface AccountPageContent {
  readonly issuer: string;
  readonly ownerName: string;
  readonly csrfToken: string;
  readonly resources: readonly ShownResource[];
  /** Why what the owner just did was not done. */
  readonly problem?: string;
}

/** Writes the page on which an owner sees and changes who may see what. */
export function accountPage(content: AccountPageContent): string {
  const { issuer, ownerName, resources, problem } = content;
  return page({
    title: 'Sharing',
    basePath: basePathOf(issuer),
    width: 'wide',
    bar: html`<span>${ownerName} · <a href="${issuer}${ENDPOINTS.endSession}">Sign out</a></span>`,
    body: html`
      <h1>Sharing</h1>
      ${problem === undefined ? undefined : html`<p class="alert" role="alert">${problem}</p>`}
      ${resources.length === 0 ? nothingToShare() : resources.map((resource) => resourceCard(resource, content))}
    `,
  });
}

function nothingToShare(): Html {
  return html`<section class="card">
    <p>There is nothing to share yet. Sign in where your heart rate is kept, then come back.</p>
  </section>`;
}

function resourceCard(resource: ShownResource, content: AccountPageContent): Html {
  const { id, name, shares } = resource;
  return html`<section class="card" aria-labelledby="name-${id}">
    <h2 id="name-${id}">${name}</h2>
    ${shares.length === 0 ? html`<p class="muted">You share this with nobody.</p>` : shareList(shares, content)}
    ${shareForm(resource, content)}
  </section>`;
}

function shareList(shares: readonly ShownShare[], { issuer, csrfToken }: AccountPageContent): Html {
  const items = shares.map(
    ({ id, person, what, duration }) =>
      html`<div class="spread" role="listitem">
        <div class="stack-tight">
          <h3>${person}</h3>
          <p>${what.join(' · ')}</p>
          <p class="muted small">${duration}</p>
        </div>
        <form method="post" action="${issuer}${ENDPOINTS.account}/shares/${id}/stop">
          <input type="hidden" name="csrf_token" value="${csrfToken}" />
          <button class="danger">Stop sharing<span class="visually-hidden"> with ${person}</span></button>
        </form>
      </div>`,
  );
  return html`<div class="stack" role="list">${items}</div>`;
}

function shareForm({ id, scopes, preselected }: ShownResource, { issuer, csrfToken }: AccountPageContent): Html {
  return html`<details ${preselected ? html`open` : undefined}>
    <summary>Share…</summary>
    <form class="stack" method="post" action="${issuer}${ENDPOINTS.account}/shares">
      <input type="hidden" name="csrf_token" value="${csrfToken}" />
      <input type="hidden" name="resource" value="${id}" />
      <div class="field">
        <label for="who-${id}">With whom</label>
        <input id="who-${id}" name="username" required autocomplete="off" autocapitalize="none" spellcheck="false" />
        <span class="hint">The name they sign in with here.</span>
      </div>
      <fieldset>
        <legend>What</legend>
        ${scopes.map((scope) => scopeChoice(scope))}
      </fieldset>
      <div class="field">
        <label for="until-${id}">Until when</label>
        <input id="until-${id}" name="until" type="date" />
        <span class="hint">The end of that day, UTC. Leave it empty to share until you stop it.</span>
      </div>
      <div class="actions"><button class="primary">Share</button></div>
    </form>
  </details>`;
}

function scopeChoice({ id, name }: SharableScope): Html {
  return html`<label class="choice"><input type="checkbox" name="scopes" value="${id}" /> ${name}</label>`;
}
