import { type Html, html } from '../../../common/html.js';
import { page } from '../../../common/pages/layout.js';
import type { SignInOutcome } from '../accounts/sign-in.js';
import { MAX_TRIES } from '../accounts/sign-in-attempts.js';
import type { InteractionView } from './interaction-view.js';

/** What the sign-in page shows. */
export interface SignInView extends InteractionView {
  /** Filled in already: what was typed before, or what the application knows. */
  readonly username: string;
  /** Whether there is an application to go back to; a device goes on by itself. */
  readonly canGoBack: boolean;
  /** Why the person is still here. */
  readonly problem?: SignInProblem | undefined;
}

/** What went wrong at the last attempt. */
export type SignInProblem = Exclude<SignInOutcome, { kind: 'signed-in' }>;

/** Writes the sign-in page. */
export function signInPage(view: SignInView): string {
  const { basePath, action, formToken, clientName, username, canGoBack, problem } = view;
  return page({
    title: 'Sign in',
    basePath,
    body: html`<section class="card" aria-labelledby="heading">
      <div class="stack-tight">
        <h1 id="heading">Sign in</h1>
        <p class="muted">to continue to ${clientName}</p>
      </div>
      ${problem && problemOf(problem)}
      <form class="stack" method="post" action="${action}/login">
        <input type="hidden" name="csrf_token" value="${formToken}" />
        ${usernameField(username, problem)} ${passwordField(problem)}
        <button class="primary" type="submit">Sign in</button>
      </form>
      <form method="post" action="${action}/abort">
        <input type="hidden" name="csrf_token" value="${formToken}" />
        <button class="link" type="submit">${canGoBack ? 'Cancel and go back' : 'Cancel'}</button>
      </form>
    </section>`,
  });
}

function problemOf(problem: SignInProblem): Html {
  return html`<p class="alert" role="alert" id="problem">${sentenceOf(problem)}</p>`;
}

function sentenceOf(problem: SignInProblem): string {
  if (problem.kind === 'suspended') return 'This account is suspended. Whoever runs this server can tell you why.';
  if (problem.kind === 'wrong') return `Wrong password: ${problem.tries} of ${MAX_TRIES} tries, then a pause.`;
  return `Too many wrong passwords. Try again in ${inWords(problem.seconds)}.`;
}

function inWords(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

function usernameField(username: string, problem: SignInProblem | undefined): Html {
  return html`<div class="field">
    <label for="username">Username</label>
    <input
      id="username"
      name="username"
      value="${username}"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      required
      ${described(problem)}
      ${focused(username === '')}
    />
  </div>`;
}

function passwordField(problem: SignInProblem | undefined): Html {
  return html`<div class="field">
    <label for="password">Password</label>
    <input
      id="password"
      name="password"
      type="password"
      autocomplete="current-password"
      required
      ${described(problem)}
      ${focused(problem !== undefined)}
    />
  </div>`;
}

function described(problem: SignInProblem | undefined): Html | undefined {
  return problem && html`aria-invalid="true" aria-describedby="problem"`;
}

function focused(here: boolean): Html | undefined {
  return here ? html`autofocus` : undefined;
}
