import type { FastifyReply } from 'fastify';

import { html } from '../common/html.js';
import { messagePage } from '../common/pages/message.page.js';
import { pageHeaders } from '../common/pages/page-headers.js';
import { shortened } from '../common/pages/shortened.js';
import type { UmaError } from '../uma/protocol/uma-error.js';
import { type AuthOptions, basePathOf, nameOf } from './auth.options.js';
import { loginPath } from './login-path.js';

type PageOptions = Pick<AuthOptions, 'baseUrl' | 'brand'>;

/**
 * The page after a sign-in that failed: what happened, and how to try again.
 *
 * @param again path that begins another sign-in
 */
export function loginFailurePage(options: PageOptions, { code, message }: UmaError, again: string): string {
  return messagePage({
    title: code === 'access_denied' ? 'Signing in was cancelled' : 'Signing in did not work',
    basePath: basePathOf(options),
    brand: options.brand,
    body: html`<p>${message}</p>
      <div class="actions"><a class="button primary" href="${again}">Sign in again</a></div>`,
  });
}

/**
 * The page on which a person chooses where to sign in. Its links only begin a sign-in, at a server that this process
 * trusts anyway: another site can send people no further with them than with `/login`.
 *
 * @param returnTo path of this server to go to afterwards
 */
export function signInChoicePage(
  options: PageOptions & Pick<AuthOptions, 'servers'>,
  returnTo: string | undefined,
): string {
  const links = options.servers.map(
    (server) =>
      html`<a class="button" href="${loginPath(options, returnTo, server.issuer)}">${shortened(nameOf(server))}</a>`,
  );
  return messagePage({
    title: 'Where do you want to sign in?',
    basePath: basePathOf(options),
    brand: options.brand,
    body: html`<p class="muted">At the server where you sign in you also decide who may see what is yours.</p>
      <nav class="stack" aria-label="Servers">${links}</nav>`,
  });
}

/** The page that asks whether to sign out. */
export function signOutPage(options: PageOptions, csrfToken: string, name: string | undefined): string {
  const basePath = basePathOf(options);
  return messagePage({
    title: 'Sign out?',
    basePath,
    brand: options.brand,
    body: html`<p class="muted">
        ${name === undefined ? '' : `You are signed in as ${name}. `}What you share stays shared until you stop it.
      </p>
      <form class="actions" method="post" action="${basePath}/logout">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <button class="primary" type="submit">Sign out</button>
        <a class="button" href="${basePath}/">Stay signed in</a>
      </form>`,
  });
}

/** Prepares a reply for a page. @returns the page, for the controller to return */
export function sendPage(reply: FastifyReply, content: string, formTargets: readonly string[] = []): string {
  void reply.type('text/html; charset=utf-8').headers(pageHeaders({ formTargets }));
  return content;
}
