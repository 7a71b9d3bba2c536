import type { FastifyReply } from 'fastify';

import { type Html, html } from '../common/html.js';
import { page } from '../common/pages/layout.js';
import { pageHeaders } from '../common/pages/page-headers.js';

/** The page after a sign-in that failed: what happened, and how to try again. */
export function loginFailurePage(basePath: string, description: string): string {
  return card(
    'Signing in did not work',
    basePath,
    html`<p>${description}</p>
      <div class="actions"><a class="button primary" href="${basePath}/login">Sign in again</a></div>`,
  );
}

/** The page that asks whether to sign out. */
export function signOutPage(basePath: string, csrfToken: string, name: string | undefined): string {
  return card(
    'Sign out?',
    basePath,
    html`<p class="muted">
        ${name === undefined ? '' : `You are signed in as ${name}. `}What you share stays shared until you stop it.
      </p>
      <form class="actions" method="post" action="${basePath}/logout">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <button class="primary" type="submit">Sign out</button>
        <a class="button" href="${basePath}/">Stay signed in</a>
      </form>`,
  );
}

/** Prepares a reply for a page. @returns the page, for the controller to return */
export function sendPage(reply: FastifyReply, content: string, formTargets: readonly string[] = []): string {
  void reply.type('text/html; charset=utf-8').headers(pageHeaders({ formTargets }));
  return content;
}

function card(title: string, basePath: string, body: Html): string {
  return page({
    title,
    basePath,
    body: html`<section class="card" aria-labelledby="heading">
      <h1 id="heading">${title}</h1>
      ${body}
    </section>`,
  });
}
