import { type Html, html } from '../../common/html.js';

/** What every page of a signed-in owner needs. */
export interface PageFrame {
  /** Path below which the process is reached: empty, or `/rs`. */
  readonly basePath: string;
  /** What the owner is called, when that is known. */
  readonly ownerName: string | undefined;
  /** Shows that a form came from one of our pages. */
  readonly csrfToken: string;
}

/** The field that every form carries. */
export function csrfField({ csrfToken }: PageFrame): Html {
  return html`<input type="hidden" name="csrf_token" value="${csrfToken}" />`;
}

/** Who is signed in, and the way out. */
export function signedInBar({ basePath, ownerName }: PageFrame): Html {
  return html`<div class="row">
    <span class="muted">${ownerName}</span>
    <a href="${basePath}/logout">Sign out</a>
  </div>`;
}

const written = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** A time as people read it; without JavaScript nobody knows the reader's zone, so it is written in UTC and says so. */
export function timeTag(epochMs: number): Html {
  return html`<time datetime="${new Date(epochMs).toISOString()}">${written.format(epochMs)} UTC</time>`;
}
