import { type Html, html } from '../../common/html.js';
import type { PolicyFault } from '../policy/scope-policies/policy-check.js';
import type { ScopePolicy } from '../policy/scope-policies/scope-policy.js';
import { ADMIN_PAGES, type AdminPage, type AdminView, searchForm, table } from './admin-page.js';
import type { ScopePolicyFormDto } from './admin-pages.dto.js';

/** What the fields of a policy's form hold. */
export type PolicyFields = Pick<ScopePolicyFormDto, 'name' | 'scopes' | 'cedar'>;

/** It permits everything: who saves it as it is takes nothing from anybody. */
const BEGINNING = `permit (principal, action, resource);

// Whoever has not said what they want it for would be refused by this; a share can ask them.
// forbid (principal, action, resource)
// unless { context.purposes.contains("TREAT") };
`;

/** An empty form, with an example to begin with. */
export const NEW_POLICY: PolicyFields = { name: '', scopes: '', cedar: BEGINNING };

/** Writes the list of policies. @param wanted the text that was searched for */
export function policyList({ issuer }: AdminView, policies: readonly ScopePolicy[], wanted: string): Html {
  const rows = policies.map(
    ({ id, name, scopes }) =>
      html`<tr>
        <td><a href="${issuer}${ADMIN_PAGES.policies}/${id}">${name}</a></td>
        <td>${scopes.join(' ')}</td>
      </tr>`,
  );
  const nothing = wanted === '' ? 'Every scope is decided by what owners share alone.' : 'No policy has that in it.';
  return html`<section class="card">
    <div class="spread">
      ${searchForm(`${issuer}${ADMIN_PAGES.policies}`, wanted, 'Search policies')}
      <a class="button primary" href="${issuer}${ADMIN_PAGES.policies}/new">Add a policy</a>
    </div>
    ${table(['Name', 'Scopes'], rows, nothing)}
  </section>`;
}

/** Writes the form of a policy. @param id of the policy; `undefined` for a new one */
export function policyForm({ issuer, csrfToken }: AdminView, fields: PolicyFields, id: string | undefined): Html {
  const address = `${issuer}${ADMIN_PAGES.policies}${id === undefined ? '' : `/${id}`}`;
  const token = html`<input type="hidden" name="csrf_token" value="${csrfToken}" />`;
  return html`<section class="card">
    <form class="stack" method="post" action="${address}">
      ${token}
      <div class="field">
        <label for="name">Name</label>
        <input id="name" name="name" value="${fields.name}" required maxlength="200" autocomplete="off" />
      </div>
      <div class="field">
        <label for="scopes">Scopes</label>
        <input id="scopes" name="scopes" value="${fields.scopes}" required autocomplete="off" spellcheck="false" />
        <span class="hint">Separated by spaces. Every policy on a scope has to permit.</span>
      </div>
      <div class="field">
        <label for="cedar">Policy</label>
        <textarea class="code" id="cedar" name="cedar" rows="14" required spellcheck="false">${fields.cedar}</textarea>
        <span class="hint">In Cedar. A policy gives nothing by itself: it restricts what owners share.</span>
      </div>
      <div class="actions"><button class="primary">Save</button></div>
    </form>
    ${
      id === undefined
        ? undefined
        : html`<form method="post" action="${address}/delete">
            ${token}<button class="danger">Delete this policy</button>
          </form>`
    }
  </section>`;
}

/** Writes what is wrong with a policy, and where. */
export function faultList(faults: readonly PolicyFault[]): Html {
  const items = faults.map(({ message, line, column }) =>
    line === undefined || column === undefined
      ? html`<li>${message}</li>`
      : html`<li>Line ${line}, column ${column}: ${message}</li>`,
  );
  return html`<p>The policy was not saved.</p>
    <ul>
      ${items}
    </ul>`;
}

/** The page with the form of a policy. */
export function policyPage(
  view: AdminView,
  fields: PolicyFields,
  id: string | undefined,
  more: Pick<AdminPage, 'problem' | 'notice'> = {},
): AdminPage {
  return { title: id === undefined ? 'New scope policy' : 'Scope policy', body: policyForm(view, fields, id), ...more };
}
