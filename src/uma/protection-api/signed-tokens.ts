import { compactVerify, decodeProtectedHeader, errors } from 'jose';

import type { Clock } from '../../common/clock.js';
import { RemoteKeys } from '../../common/remote-keys.js';
import { checkMetadata, isSecureUrl } from '../protocol/discovery.js';
import { isJsonObject, parseStrictJson } from '../protocol/strict-json.js';
import { UmaError } from '../protocol/uma-error.js';
import type { AuthorizationServer } from './authorization-servers.js';
import type { AuthorizationServerConnections } from './authorization-server-connections.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';
import { type Introspection, parseIntrospection } from './introspection.js';
import { inOurTerms } from './our-terms.js';
import { bare } from './protection-calls.js';
import { publishedMetadata } from './published-metadata.js';
import type { ResourceOwner } from './resource-owner.js';

type Claims = Readonly<Record<string, unknown>>;

/** Whatever can be checked with a public key. @see RFC 8725 section 3.1 */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
];

const INACTIVE: Introspection = { active: false };

/**
 * Reads requesting party tokens that say themselves what they are worth: JWTs that the owner's authorization server has
 * signed. What was withdrawn since shows in none of them.
 *
 * @see UMA 2.0 Federated Authorization section 5, RFC 9068 section 4
 */
export class SignedTokens {
  private readonly keys = new Map<string, RemoteKeys>();

  constructor(
    private readonly connections: AuthorizationServerConnections,
    private readonly clock: Clock,
  ) {}

  /**
   * What a token says, once signature, kind and issuer were found to be right. Its times and its audience are for whoever
   * decides by it, as those of an introspection answer are.
   *
   * @returns inactive when it is not to be believed; `undefined` when it is no signed JWT, but opaque or encrypted
   * @throws AuthorizationServerUnreachable when the keys to check it with cannot be had
   */
  async read({ issuer }: ResourceOwner, token: string): Promise<Introspection | undefined> {
    const header = headerOf(token);
    if (header === undefined) return undefined;
    const { servers } = this.connections;
    const server = servers.of(issuer);
    const type = typeOf(header);
    if (type === undefined || !server.profile.tokens.types.includes(type)) return INACTIVE;
    const claims = await this.claimsOf(server, token);
    if (claims === undefined || !isFrom(server, claims)) return INACTIVE;
    // One that never ends would be good for ever: nobody can be asked about it.
    const read = typeof claims['exp'] === 'number' ? introspectionOf(claims, this.clock.nowMs()) : INACTIVE;
    return inOurTerms(read, server, servers.identifier);
  }

  private async claimsOf({ issuer }: AuthorizationServer, token: string): Promise<Claims | undefined> {
    try {
      const { payload } = await compactVerify(token, this.keysOf(issuer).find, { algorithms: ALGORITHMS });
      const claims = parseStrictJson(Buffer.from(payload).toString('utf8'));
      return isJsonObject(claims) ? claims : undefined;
    } catch (error) {
      if (error instanceof errors.JWKSInvalid) {
        throw new AuthorizationServerUnreachable(`The keys of ${issuer} cannot be read.`, { cause: error });
      }
      // Not signed with any of the keys, or not by one of the algorithms; or no claims.
      if (error instanceof errors.JOSEError || error instanceof UmaError) return undefined;
      throw error;
    }
  }

  private keysOf(issuer: string): RemoteKeys {
    const known = this.keys.get(issuer);
    if (known !== undefined) return known;
    const keys = new RemoteKeys(this.clock, () => this.fetch(issuer));
    this.keys.set(issuer, keys);
    return keys;
  }

  private async fetch(issuer: string): Promise<unknown> {
    const connection = this.connections.to(issuer);
    const { jwks_uri: published } = await connection.open();
    const isThere = typeof published === 'string' && isSecureUrl(published);
    const { status, body } = await connection.send(bare('GET', isThere ? published : await this.openIdKeys(issuer)));
    if (status === 200) return body;
    throw new AuthorizationServerUnreachable(`The keys of ${issuer} are answered with status ${status}.`);
  }

  /** Where they are by the OpenID Connect metadata: those of UMA need not tell. */
  private async openIdKeys(issuer: string): Promise<string> {
    const check = (document: unknown) => checkMetadata(issuer, document, ['jwks_uri']).jwks_uri;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    return publishedMetadata(issuer, check, this.connections.timeoutMs, [url]);
  }
}

/** @returns empty when there is none, `undefined` when it is no text @see RFC 7515 section 4.1.9 */
function typeOf({ typ = '' }: Claims): string | undefined {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
}

/** The header of a token in JWS compact form. @see RFC 7515 section 3.1 */
function headerOf(token: string): Claims | undefined {
  if (token.split('.').length !== 3) return undefined;
  try {
    return { ...decodeProtectedHeader(token) };
  } catch {
    return undefined;
  }
}

function isFrom({ issuer, profile }: AuthorizationServer, { iss }: Claims): boolean {
  return typeof iss === 'string' && profile.discovery.issuers(issuer).includes(iss);
}

/** A limit that cannot be read may be any limit: so the token is good for nothing. */
function introspectionOf(claims: Claims, readMs: number): Introspection {
  return parseIntrospection({ ...claims, active: true }, readMs) ?? INACTIVE;
}
