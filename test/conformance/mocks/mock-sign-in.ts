import { createHash, randomUUID } from 'node:crypto';

import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import type { Reply } from '../loopback/loopback-server.js';
import type { MockCall } from './mock-call.js';

const LIFETIME_SECONDS = 3600;

/** Somebody who has signed in, for a client. */
interface Grant {
  readonly subject: string;
  readonly clientId: string;
  readonly scope: string;
}

interface Code {
  readonly grant: Grant;
  readonly challenge: string;
  readonly nonce: string | null;
}

/** A minimal OpenID provider: whoever comes to sign in is the person that a case has chosen, and agrees to everything. */
export class MockSignIn {
  /** Who signs in next. */
  person: string;
  private readonly codes = new Map<string, Code>();
  private readonly accessTokens = new Map<string, Grant>();
  private readonly refreshTokens = new Map<string, Grant>();

  static async create(issuer: string, person: string): Promise<MockSignIn> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'mock', alg: 'ES256', use: 'sig' };
    return new MockSignIn(issuer, person, privateKey, jwk);
  }

  private constructor(
    private readonly issuer: string,
    person: string,
    private readonly key: CryptoKey,
    readonly jwk: JWK,
  ) {
    this.person = person;
  }

  /** Whose PAT a bearer token is; `undefined` when it is none. */
  ownerOf(bearer: string | undefined): string | undefined {
    const grant = this.accessTokens.get(bearer ?? '');
    return grant?.scope.split(' ').includes('uma_protection') === true ? grant.subject : undefined;
  }

  authorize({ query }: MockCall): Reply {
    const back = new URL(query.get('redirect_uri') ?? '');
    const code = randomUUID();
    const grant = { subject: this.person, clientId: query.get('client_id') ?? '', scope: query.get('scope') ?? '' };
    const challenge = query.get('code_challenge') ?? '';
    this.codes.set(code, { grant, challenge, nonce: query.get('nonce') });
    for (const [name, value] of Object.entries({ code, state: query.get('state') ?? '', iss: this.issuer })) {
      back.searchParams.set(name, value);
    }
    return { status: 303, headers: { location: back.href } };
  }

  async redeemCode({ form }: MockCall): Promise<Reply> {
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code?.challenge !== challenge) return { status: 400, json: { error: 'invalid_grant' } };
    return this.tokens(code.grant, code.nonce);
  }

  async refresh({ form }: MockCall): Promise<Reply> {
    const grant = this.refreshTokens.get(form.get('refresh_token') ?? '');
    return grant === undefined ? { status: 400, json: { error: 'invalid_grant' } } : this.tokens(grant, null);
  }

  userInfo({ bearer }: MockCall): Reply {
    const grant = this.accessTokens.get(bearer ?? '');
    if (grant === undefined) return { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
    return { status: 200, json: { sub: grant.subject, name: grant.subject } };
  }

  private async tokens(grant: Grant, nonce: string | null): Promise<Reply> {
    const [accessToken, refreshToken] = [`at-${randomUUID()}`, `rt-${randomUUID()}`];
    this.accessTokens.set(accessToken, grant);
    this.refreshTokens.set(refreshToken, grant);
    const json = {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: LIFETIME_SECONDS,
      refresh_token: refreshToken,
      scope: grant.scope,
      id_token: await this.idToken(grant, nonce),
    };
    return { status: 200, json };
  }

  private idToken({ subject, clientId }: Grant, nonce: string | null): Promise<string> {
    const claims = { name: subject, email: `${subject}@example.org`, email_verified: true };
    return new SignJWT({ ...claims, ...(nonce !== null && { nonce }) })
      .setProtectedHeader({ alg: 'ES256', kid: 'mock' })
      .setIssuer(this.issuer)
      .setSubject(subject)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime(`${LIFETIME_SECONDS}s`)
      .setJti(randomUUID())
      .sign(this.key);
  }
}
