import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';

import { html } from '../../../common/html.js';
import { page } from '../../../common/pages/layout.js';
import { basePathOf } from '../oidc.options.js';

type RenderError = NonNullable<Configuration['renderError']>;
type Render = (ctx: KoaContextWithOIDC) => void;

/** The page that a person sees when a client sent them here with a request that cannot be answered. */
export function errorPage(issuer: string): RenderError {
  return (ctx, { error, error_description }) => {
    ctx.type = 'html';
    ctx.body = page({
      title: 'This did not work',
      basePath: basePathOf(issuer),
      body: html`<section class="card" aria-labelledby="heading">
        <h1 id="heading">This did not work</h1>
        <p>
          The application that sent you here asked for something we cannot do, or its request is too old. Go back to it
          and start again.
        </p>
        <details>
          <summary>For its developer</summary>
          <p><code>${error}</code> ${error_description}</p>
        </details>
      </section>`,
    });
  };
}

/** Asks whether the person wants to sign out; also what an application's sign-out leads to. */
export function signOutPage(issuer: string): Render {
  return (ctx) => {
    const { session, client } = ctx.oidc;
    const secret = session?.state?.['secret'];
    ctx.type = 'html';
    ctx.body = page({
      title: 'Sign out',
      basePath: basePathOf(issuer),
      body: html`<section class="card" aria-labelledby="heading">
        <div class="stack-tight">
          <h1 id="heading">Sign out?</h1>
          <p class="muted">${sentBy(client?.clientName)}What you share stays shared until you stop it.</p>
        </div>
        <form class="actions" method="post" action="${ctx.oidc.urlFor('end_session_confirm')}">
          <input type="hidden" name="xsrf" value="${typeof secret === 'string' ? secret : ''}" />
          <button class="primary" type="submit" name="logout" value="yes">Sign out</button>
          <button type="submit">Stay signed in</button>
        </form>
      </section>`,
    });
  };
}

/** Says that signing out is done, where no application waits for the person. */
export function signedOutPage(issuer: string): Render {
  return (ctx) => {
    const stays = ctx.oidc.params?.['client_id'] !== undefined;
    ctx.type = 'html';
    ctx.body = page({
      title: stays ? 'Still signed in' : 'Signed out',
      basePath: basePathOf(issuer),
      body: html`<section class="card" aria-labelledby="heading">
        <h1 id="heading">${stays ? 'You are still signed in here' : 'You are signed out'}</h1>
        <p>${stays ? 'The application itself has signed you out.' : 'You can close this window.'}</p>
      </section>`,
    });
  };
}

function sentBy(clientName: string | undefined): string {
  return clientName === undefined ? '' : `${clientName} has sent you here. `;
}
