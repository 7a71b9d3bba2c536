import { type Html, html } from '../../common/html.js';
import { page } from '../../common/pages/layout.js';
import { ENDPOINTS } from '../endpoints.js';
import { basePathOf } from '../oidc/oidc.options.js';

/** What every page of the administration needs to know. */
export interface AdminView {
  readonly issuer: string;
  readonly administratorName: string;
  readonly csrfToken: string;
}

/** One page of the administration. */
export interface AdminPage {
  readonly title: string;
  readonly body: Html;
  /** What the administrator just did. */
  readonly notice?: string | undefined;
  /** Why what the administrator just did was not done. */
  readonly problem?: Html | string | undefined;
}

/** Where the pages are, below the issuer. */
export const ADMIN_PAGES = {
  policies: `${ENDPOINTS.administration}/scope-policies`,
  resources: `${ENDPOINTS.administration}/resources`,
  simulator: `${ENDPOINTS.administration}/simulator`,
  accounts: `${ENDPOINTS.administration}/accounts`,
} as const;

/** Writes a page of the administration, with the way to the others. */
export function adminPage(
  { issuer, administratorName }: AdminView,
  { title, body, notice, problem }: AdminPage,
): string {
  const link = (path: string, label: string): Html => html`<a href="${issuer}${path}">${label}</a>`;
  return page({
    title,
    basePath: basePathOf(issuer),
    width: 'wide',
    bar: html`<nav class="row" aria-label="Administration">
      ${link(ADMIN_PAGES.policies, 'Scope policies')} ${link(ADMIN_PAGES.resources, 'Resources')}
      ${link(ADMIN_PAGES.simulator, 'Simulator')} ${link(ADMIN_PAGES.accounts, 'Accounts')}
      <span>${administratorName} · ${link(ENDPOINTS.endSession, 'Sign out')}</span>
    </nav>`,
    body: html`
      <h1>${title}</h1>
      ${problem === undefined ? undefined : html`<div class="alert" role="alert" id="problem">${problem}</div>`}
      ${notice === undefined ? undefined : html`<p class="notice" role="status">${notice}</p>`} ${body}
    `,
  });
}

/** Writes a form that searches the list of its page. */
export function searchForm(action: string, wanted: string, label: string): Html {
  return html`<form class="row" role="search" method="get" action="${action}">
    <label class="visually-hidden" for="q">${label}</label>
    <input id="q" name="q" type="search" value="${wanted}" placeholder="${label}" />
    <button>Search</button>
  </form>`;
}

/** Writes a table that scrolls by itself where it is too wide; or a sentence when it has no rows. */
export function table(headings: readonly string[], rows: readonly Html[], nothing: string): Html {
  if (rows.length === 0) return html`<p class="muted">${nothing}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
