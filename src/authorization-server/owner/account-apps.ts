import { type Html, html } from '../../common/html.js';
import { accountForm, type FormContext, hiddenFields, unseen } from './account-form.js';
import type { App } from './apps.js';

/** Writes the list of the apps for which this server remembers what a person told about themselves. */
export function rememberingCard(apps: readonly App[], context: FormContext): Html | undefined {
  if (apps.length === 0) return undefined;
  const items = apps.map(
    ({ clientId, name }) =>
      html`<div class="spread" role="listitem">
        <h3>${name}</h3>
        ${accountForm(
          context,
          'remembered/forget',
          html`${hiddenFields('client', [clientId])}<button>Forget${unseen(`what ${name} may tell`)}</button>`,
        )}
      </div>`,
  );
  return html`<section class="card" aria-labelledby="remembered">
    <div class="stack-tight">
      <h2 id="remembered">Apps that need not ask you again</h2>
      <p class="muted">
        You said that what you tell about yourself is remembered for these apps. After a while that ends by itself.
      </p>
    </div>
    <div class="stack" role="list">${items}</div>
  </section>`;
}
