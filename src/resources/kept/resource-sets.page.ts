import { type Html, html } from '../../common/html.js';
import { HEART_RATE_SCOPES } from '../heart-rate-resource.js';
import type { OldResourceSet } from './kept-answers.js';

const WORDS: Readonly<Record<string, string>> = {
  [HEART_RATE_SCOPES.read]: 'every beat',
  [HEART_RATE_SCOPES.summary]: 'summaries',
  [HEART_RATE_SCOPES.stream]: 'your heart live',
  [HEART_RATE_SCOPES.write]: 'sending measurements',
};

/** The overview of ids, for people. */
export function resourceSetsBody(basePath: string, ids: readonly string[]): Html {
  if (ids.length === 0) {
    return html`<p>Nothing is registered yet.</p>
      <p><a class="button primary" href="${basePath}/resourceRegistration">Register your heart rate</a></p>`;
  }
  return html`<ul>
    ${ids.map((id) => html`<li><a href="${basePath}/resourceSets/${id}">${id}</a></li>`)}
  </ul>`;
}

/** One of them, for people. */
export function resourceSetBody(set: OldResourceSet): Html {
  const policy = set.user_access_policy_uri;
  return html`<dl>
      <dt>Id</dt>
      <dd><code>${set._id}</code></dd>
      <dt>Name</dt>
      <dd>${set.name}</dd>
      <dt>What can be shared</dt>
      <dd>${set.resource_scopes.map((scope) => WORDS[scope] ?? scope).join(', ')}</dd>
    </dl>
    ${policy && html`<p><a class="button primary" href="${policy}">Share…</a></p>`}`;
}
