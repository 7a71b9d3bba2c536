import { type Html, html } from '../../../common/html.js';
import { page } from '../../../common/pages/layout.js';
import { PURPOSE_CODES, purposeName } from '../../policy/purpose-of-use.js';

/** Offered before the others. */
const COMMON_PURPOSES = ['TREAT', 'ETREAT', 'COC', 'FAMRQT', 'PATRQT', 'HRESCH', 'PUBHLTH'];

/** What the page tells a requesting party, and asks them. */
export interface ClaimsPageContent {
  /** Path of the issuer, without a trailing slash. */
  readonly basePath: string;
  /** Path of the visit; the forms go to places below. */
  readonly action: string;
  readonly csrfToken: string;
  readonly clientName: string;
  readonly resourceServerName: string;
  readonly ownerName: string;
  readonly personName: string;
  /** Names of the claims that the page is about. */
  readonly asked: readonly string[];
  /** The person's address, where it is asked for. */
  readonly email: { readonly address: string; readonly verified: boolean } | undefined;
  /** Whether they are asked what they need it for. */
  readonly asksPurpose: boolean;
  /** Whether they agreed before that the client's next process may know this. */
  readonly remembered: boolean;
  /** The person whom the client named, when somebody else is signed in. */
  readonly expectedName: string | undefined;
  /** Host that the person goes back to. */
  readonly returnHost: string;
}

/** Writes the page on which a requesting party says who they are. */
export function claimsPage(content: ClaimsPageContent): string {
  const { basePath, clientName, resourceServerName, ownerName, returnHost, expectedName } = content;
  return page({
    title: 'Before you can see this',
    basePath,
    body: html`<section class="card" aria-labelledby="heading">
      <div class="stack-tight">
        <p class="muted">Before you can see this</p>
        <h1 id="heading">${ownerName} decides who sees it</h1>
        <p>${clientName} wants to show you something of ${ownerName}’s that ${resourceServerName} keeps.</p>
      </div>
      ${expectedName === undefined ? disclosure(content) : otherPerson(content, expectedName)}
      <p class="muted small">You then go back to ${clientName} at ${returnHost}.</p>
    </section>`,
  });
}

function disclosure(content: ClaimsPageContent): Html {
  const { ownerName, personName, email, asksPurpose, remembered } = content;
  return html`<form class="stack" method="post" action="${content.action}/continue">
      ${csrfField(content)} <input type="hidden" name="claims" value="${content.asked.join(' ')}" />
      <p>So that ${ownerName} knows who it is, this is told:</p>
      <dl class="facts">
        <dt>Your name</dt>
        <dd>${personName}</dd>
        ${email === undefined ? undefined : emailFact(email)}
      </dl>
      ${asksPurpose ? purposeField() : undefined}
      <label class="choice">
        <input type="checkbox" name="remember" value="yes" ${remembered ? html`checked` : undefined} /> Remember for
        next time, for this app
      </label>
      <div class="actions">
        <button class="primary" type="submit">Continue</button>
        <button type="submit" formaction="${content.action}/cancel" formnovalidate>Cancel</button>
      </div>
    </form>
    ${signedInAs(content)}`;
}

/** Somebody else's claims would be of no use to the person who is waiting for an answer. */
function otherPerson(content: ClaimsPageContent, expectedName: string): Html {
  return html`<p class="alert" role="alert">
      You came here as ${expectedName}, but are signed in as ${content.personName}. Sign in as ${expectedName} to go on.
    </p>
    <div class="actions">
      ${form(content, 'switch', html`<button class="primary" type="submit">Sign in as somebody else</button>`)}
      ${form(content, 'cancel', html`<button type="submit">Cancel</button>`)}
    </div>`;
}

function emailFact({ address, verified }: { address: string; verified: boolean }): Html {
  return html`<dt>Your e-mail address</dt>
    <dd>${address} ${verified ? '✓ verified' : '(not verified: it will not help)'}</dd>`;
}

function purposeField(): Html {
  const codes = [...new Set([...COMMON_PURPOSES, ...PURPOSE_CODES])];
  const options = codes.map((code) => html`<option value="${code}">${purposeName(code)}</option>`);
  return html`<div class="field">
    <label for="purpose">I need it for</label>
    <select id="purpose" name="purpose" required>
      <option value="">Choose…</option>
      ${options}
    </select>
  </div>`;
}

function signedInAs(content: ClaimsPageContent): Html {
  return html`<div class="row tight">
    <span>Signed in as <strong>${content.personName}</strong> ·</span>
    ${form(content, 'switch', html`<button class="link" type="submit">not you?</button>`)}
  </div>`;
}

function form(content: ClaimsPageContent, step: string, button: Html): Html {
  return html`<form method="post" action="${content.action}/${step}">${csrfField(content)} ${button}</form>`;
}

function csrfField({ csrfToken }: ClaimsPageContent): Html {
  return html`<input type="hidden" name="csrf_token" value="${csrfToken}" />`;
}
