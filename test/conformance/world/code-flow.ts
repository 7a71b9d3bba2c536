import { createHash, randomBytes } from 'node:crypto';

import { Browser } from '../browser/browser.js';
import { walk } from '../browser/walk.js';
import { type Answer, inWords, member } from '../http/answer.js';
import type { Account, Client } from './client.js';
import type { Protocol } from './protocol.js';

/** What somebody signs in for. */
export interface SignIn {
  readonly client: Client;
  readonly redirectUri: string;
  readonly account: Account;
  readonly scope: string;
}

/**
 * The authorization code flow with PKCE, through the real pages of the authorization server.
 *
 * @returns the answer of the token endpoint
 * @throws Error when it does not end with tokens
 * @see RFC 6749 section 4.1, RFC 7636
 */
export async function codeFlow(protocol: Protocol, { client, redirectUri, account, scope }: SignIn): Promise<Answer> {
  const [verifier, state] = [randomBytes(32), randomBytes(16)].map((bytes) => bytes.toString('base64url'));
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state: state ?? '',
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url'),
    code_challenge_method: 'S256',
  });
  const browser = new Browser([redirectUri]);
  const url = new URL(protocol.metadata.authorization_endpoint);
  url.search = query.toString();
  const page = await walk(browser, await browser.open(url.href), account);
  const code = page.query.get('code');
  if (code === null || page.query.get('state') !== state) {
    const why = page.query.get('error') ?? `“${page.title}”, status ${page.status}`;
    throw new Error(`${account.username} could not sign in at the authorization server: it ended with ${why}.`);
  }
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier ?? '',
  };
  return protocol.token({ basic: client, form });
}

/** A token out of an answer. @throws Error when it is not there */
export function tokenOf(answer: Answer, name: 'access_token' | 'id_token'): string {
  const token = member(answer, name);
  if (typeof token !== 'string') throw new Error(`The token endpoint gave no ${name}: it answered ${inWords(answer)}.`);
  return token;
}
