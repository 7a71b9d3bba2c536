import { type Html, html } from '../../common/html.js';
import { page } from '../../common/pages/layout.js';
import { shortened } from '../../common/pages/shortened.js';
import { ENDPOINTS } from '../endpoints.js';
import { basePathOf } from '../oidc/oidc.options.js';
import { rememberingCard } from './account-apps.js';
import type { App } from './apps.js';
import { accountForm, hiddenFields, PROBLEM_ID } from './account-form.js';
import { blocksCard, granteeList, type ShownBlock, type ShownGrantee } from './account-people.js';
import { requestsCard, type RequestFormContext, type ShownRequest } from './account-requests.js';
import { type SharableResource, shareForm, type ShareFormContext } from './share-form.js';
import type { OwnerSettings } from './sharing-settings.js';

/** What an owner has and has decided, as it is shown. */
export interface Overview {
  readonly resources: readonly SharableResource[];
  readonly requests: readonly ShownRequest[];
  readonly grantees: readonly ShownGrantee[];
  readonly blocks: readonly ShownBlock[];
  readonly settings: OwnerSettings;
  readonly apps: ShareFormContext['apps'];
  /** Those for which is remembered what the owner told about themselves to see what is others'. */
  readonly remembering: readonly App[];
}

/** All that the sharing page shows. */
export interface AccountPageContent extends Overview, ShareFormContext, RequestFormContext {
  readonly ownerName: string;
  /** What the owner just did. */
  readonly notice?: string | undefined;
  /** Why what the owner just did was not done. */
  readonly problem?: string;
}

/** Writes the page on which an owner sees and changes who may see what, and answers those who ask. */
export function accountPage(content: AccountPageContent): string {
  const { issuer, ownerName, notice, problem, requests, settings, blocks } = content;
  return page({
    title: requests.length === 0 ? 'Sharing' : `Sharing (${requests.length})`,
    basePath: basePathOf(issuer),
    width: 'wide',
    bar: html`<span>${ownerName} · <a href="${issuer}${ENDPOINTS.endSession}">Sign out</a></span>`,
    body: html`
      <h1>Sharing</h1>
      ${problem === undefined ? undefined : html`<p class="alert" role="alert" id="${PROBLEM_ID}">${problem}</p>`}
      ${notice === undefined ? undefined : html`<p class="notice" role="status">${notice}</p>`}
      ${requestsCard(requests, settings.acceptsRequests, content)} ${peopleCard(content)} ${blocksCard(blocks, content)}
      ${rememberingCard(content.remembering, content)}
    `,
  });
}

function peopleCard(content: AccountPageContent): Html {
  const { resources, grantees, settings } = content;
  return html`<section class="card" aria-labelledby="people">
    <h2 id="people">People</h2>
    ${settings.paused ? html`<p class="alert">All sharing is paused: nobody sees anything.</p>` : undefined}
    ${granteeList(grantees, content)}
    ${resources.length === 0 ? nothingToShare() : resources.map((resource) => resourceForm(resource, content))}
    ${pauseSwitch(settings.paused, content)}
  </section>`;
}

/** The name stands above the form when there are several. */
function resourceForm(resource: SharableResource, content: AccountPageContent): Html {
  const { id, name } = resource;
  const heading = content.resources.length === 1 ? undefined : html`<h3 id="name-${id}">${shortened(name)}</h3>`;
  return html`<div class="stack-tight">${heading} ${shareForm(resource, content)}</div>`;
}

function nothingToShare(): Html {
  return html`<p>There is nothing to share yet. Sign in where your heart rate is kept, then come back.</p>`;
}

function pauseSwitch(paused: boolean, content: AccountPageContent): Html {
  const button = paused
    ? html`<button class="primary">Go on sharing</button>`
    : html`<button>Pause all sharing</button>`;
  return accountForm(content, 'settings', html`${hiddenFields('paused', [String(!paused)])}${button}`);
}
