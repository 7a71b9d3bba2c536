import { randomUUID } from 'node:crypto';

import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

import { LoopbackServer } from '../loopback/loopback-server.js';
import type { Identity } from './identity.js';

/** Claims that are otherwise than they should be; `undefined` leaves one out. */
export type Changes = Readonly<Record<string, string | number | undefined>>;

const LIFETIME_SECONDS = 300;
const KEY_ID = 'conformance';

/** An OpenID provider on loopback that vouches for whomever a case needs, truly or falsely. */
export class IdentityProvider {
  private readonly server: LoopbackServer;

  private constructor(
    server: LoopbackServer,
    private readonly key: CryptoKey,
    private readonly foreignKey: CryptoKey,
  ) {
    this.server = server;
  }

  static async start(): Promise<IdentityProvider> {
    const [own, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const jwk = { ...(await exportJWK(own.publicKey)), kid: KEY_ID, alg: 'ES256', use: 'sig' };
    const server = await LoopbackServer.start(({ url }) => documentAt(url, jwk));
    return new IdentityProvider(server, own.privateKey, foreign.privateKey);
  }

  get issuer(): string {
    return this.server.origin;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** A person of this provider whom nobody else knows. */
  person(name: string): Identity {
    const subject = `${name}-${randomUUID()}`;
    return { issuer: this.issuer, subject, name, email: `${subject}@idp.test` };
  }

  /** An ID token that is as it should be. */
  idToken(person: Identity, audience: string, changes: Changes = {}): Promise<string> {
    return sign(claimsOf(person, audience, changes), this.key);
  }

  /** The same with a signature by a key that is not the provider's. */
  badlySigned(person: Identity, audience: string): Promise<string> {
    return sign(claimsOf(person, audience), this.foreignKey);
  }

  /** The same with `alg: none`. */
  unsigned(person: Identity, audience: string): string {
    return new UnsecuredJWT(claimsOf(person, audience)).encode();
  }
}

function documentAt({ pathname, origin }: URL, jwk: JWK) {
  if (pathname === '/jwks') return { status: 200, json: { keys: [jwk] } };
  if (pathname !== '/.well-known/openid-configuration') return { status: 404 };
  const json = {
    issuer: origin,
    jwks_uri: `${origin}/jwks`,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
  return { status: 200, json };
}

function claimsOf(person: Identity, audience: string, changes: Changes = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const claims: Changes = {
    iss: person.issuer,
    sub: person.subject,
    aud: audience,
    iat: now,
    exp: now + LIFETIME_SECONDS,
    auth_time: now,
    jti: randomUUID(),
    name: person.name,
    email: person.email,
    ...changes,
  };
  const given = Object.entries(claims).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), email_verified: true };
}

function sign(claims: JWTPayload, key: CryptoKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: KEY_ID, typ: 'JWT' }).sign(key);
}
