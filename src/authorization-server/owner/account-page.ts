import { type Html, html } from '../../common/html.js';
import { page } from '../../common/pages/layout.js';
import { ENDPOINTS } from '../endpoints.js';
import { basePathOf } from '../oidc/oidc.options.js';
import { PROBLEM_ID, type SharableResource, shareForm, type ShareFormContext } from './share-form.js';

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
export interface ShownResource extends SharableResource {
  readonly name: string;
  readonly shares: readonly ShownShare[];
}

/** All that the sharing page shows. */
export interface AccountPageContent extends ShareFormContext {
  readonly ownerName: string;
  readonly resources: readonly ShownResource[];
  /** What the owner just did. */
  readonly notice?: string | undefined;
  /** Why what the owner just did was not done. */
  readonly problem?: string;
}

/** Writes the page on which an owner sees and changes who may see what. */
export function accountPage(content: AccountPageContent): string {
  const { issuer, ownerName, resources, notice, problem } = content;
  return page({
    title: 'Sharing',
    basePath: basePathOf(issuer),
    width: 'wide',
    bar: html`<span>${ownerName} · <a href="${issuer}${ENDPOINTS.endSession}">Sign out</a></span>`,
    body: html`
      <h1>Sharing</h1>
      ${problem === undefined ? undefined : html`<p class="alert" role="alert" id="${PROBLEM_ID}">${problem}</p>`}
      ${notice === undefined ? undefined : html`<p class="notice" role="status">${notice}</p>`}
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
