import { type Html, html } from '../../common/html.js';
import type { ScopeDecision } from '../policy/explanations.js';
import { ADMIN_PAGES, type AdminView, table } from './admin-page.js';
import type { SimulatorFormDto } from './admin-pages.dto.js';
import { outcomeInWords, ruleInWords } from './rule-in-words.js';

/** What the simulator's form holds. */
export type SimulatorFields = Omit<SimulatorFormDto, 'csrf_token'>;

/** The form before anything is filled in. */
export const NOTHING_SUPPOSED: SimulatorFields = {
  resource: '',
  scopes: '',
  username: '',
  issuer: '',
  subject: '',
  claims: '',
  client: '',
  purpose: '',
  at: '',
};

/** Writes the simulator's form. @param result what was decided by what the form says */
export function simulatorForm({ issuer, csrfToken }: AdminView, fields: SimulatorFields, result?: Html): Html {
  return html`${result}
    <section class="card">
      <form class="stack" method="post" action="${issuer}${ADMIN_PAGES.simulator}">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <fieldset class="stack">
          <legend>What</legend>
          ${field('resource', 'Id of the resource', fields.resource, html`required`)}
          ${field('scopes', 'Scopes, separated by spaces', fields.scopes, html`required`)}
        </fieldset>
        <fieldset class="stack">
          <legend>Who</legend>
          ${field('username', 'Username of somebody who has an account here', fields.username)}
          ${field('issuer', 'Or issuer', fields.issuer)} ${field('subject', 'and subject', fields.subject)}
          <div class="field">
            <label for="claims">Claims</label>
            <textarea id="claims" name="claims" rows="3" spellcheck="false">${fields.claims}</textarea>
            <span class="hint"
              >One a line: name = value, or name = value by issuer. What this server knows is added.</span
            >
          </div>
        </fieldset>
        <fieldset class="stack">
          <legend>When and how</legend>
          ${field('at', 'Time, UTC; now when empty', fields.at, html`type="datetime-local"`)}
          ${field('client', 'Client id', fields.client)} ${field('purpose', 'Purpose of use', fields.purpose)}
        </fieldset>
        <div class="actions"><button class="primary">Decide</button></div>
      </form>
    </section>`;
}

/** Writes what would be decided about each scope, and by which rule. */
export function decisionTable({ issuer }: AdminView, decisions: readonly ScopeDecision[]): Html {
  const rows = decisions.map(({ scope, decision }) => {
    const { rule } = decision.context;
    const words = ruleInWords(rule);
    const address = `${issuer}${ADMIN_PAGES.policies}/${rule.id ?? ''}`;
    return html`<tr>
      <td>${scope}</td>
      <td>${outcomeInWords(decision)}</td>
      <td>${rule.kind === 'scope-policy' ? html`<a href="${address}">${words}</a>` : words}</td>
    </tr>`;
  });
  return html`<section class="card" role="status">
    <h2>Decision</h2>
    ${table(['Scope', 'Given', 'Because of'], rows, '')}
  </section>`;
}

function field(name: string, label: string, value: string, more?: Html): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" autocomplete="off" spellcheck="false" ${more} />
  </div>`;
}
