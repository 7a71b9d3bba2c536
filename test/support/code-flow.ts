import { createHash, randomBytes } from 'node:crypto';

import { request } from 'undici';

import type { Page } from '../../src/demo/front-door/page.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ALICE, CALLBACK, VIEWER } from './oidc-application.js';

/** What an authorization request of a test says. */
export interface AuthorizationRequest {
  readonly scope: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** One run of the authorization code flow, as a client and a person go through it. */
export class CodeFlow {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly person = new UserAgent({ stopAt: [CALLBACK] });

  constructor(readonly issuer: string) {}

  /** The address that the client sends the person to. */
  authorizationUrl({ scope, parameters = {} }: AuthorizationRequest): string {
    const query = new URLSearchParams({
      client_id: VIEWER.client_id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope,
      state: 'state-of-the-test',
      nonce: 'nonce-of-the-test',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...parameters,
    });
    return `${this.issuer}/authorize?${query.toString()}`;
  }

  /** Opens the address, signs in and allows everything. @returns the address that the person comes back to the client at */
  async complete(authorization: AuthorizationRequest, who: Credentials = ALICE): Promise<Page> {
    let page = await this.person.get(this.authorizationUrl(authorization));
    if (page.title.startsWith('Sign in')) page = await this.signIn(who);
    if (page.title.startsWith('Allow')) page = await this.person.submit({}, { button: 'Allow' });
    return page;
  }

  signIn({ username, password }: Credentials): Promise<Page> {
    return this.person.submit({ username, password }, { button: 'Sign in' });
  }

  /** The whole flow. @returns the answer of the token endpoint */
  async tokens(authorization: AuthorizationRequest, who?: Credentials): Promise<TokenAnswer> {
    const { query } = await this.complete(authorization, who);
    return this.redeem(query['code'] ?? '');
  }

  redeem(code: string): Promise<TokenAnswer> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: this.verifier };
    return tokenRequest(this.issuer, form);
  }

  refresh(refreshToken: string): Promise<TokenAnswer> {
    return tokenRequest(this.issuer, { grant_type: 'refresh_token', refresh_token: refreshToken });
  }
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** An answer of the token endpoint, its members as text. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, string>>;
}

/** Sends a form to the token endpoint, or to another one that clients authenticate at; as nobody for the client `null`. */
export async function tokenRequest(
  issuer: string,
  form: Readonly<Record<string, string>>,
  client: { id: string; secret: string } | null = {
    id: VIEWER.client_id,
    secret: VIEWER.client_secret.reveal(),
  },
  path = '/token',
): Promise<TokenAnswer> {
  const { statusCode, headers, body } = await request(`${issuer}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(client && { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` }),
    },
    body: new URLSearchParams(form).toString(),
  });
  const text = await body.text();
  return { status: statusCode, headers, body: (text === '' ? {} : JSON.parse(text)) as Record<string, string> };
}
