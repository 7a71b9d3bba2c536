import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { fetch } from 'undici';

import { Clock } from '../../../common/clock.js';
import { RemoteKeys } from '../../../common/remote-keys.js';
import { SigningKeys } from '../../oidc/keys/signing-keys.js';
import { isSecureUrl } from '../../../uma/protocol/discovery.js';
import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import { UmaOptions } from '../uma-options.js';

const TIMEOUT_MS = 5_000;
const METADATA_LIFETIME_MS = 3_600_000;
const MAX_DOCUMENT_BYTES = 100_000;
const MAX_ISSUERS = 1_000;

/** Where the verification keys of claim issuers come from: our own from memory, others' from what they publish. */
@Injectable()
export class IssuerKeys {
  /** Made once: it keeps the key that it has read. */
  private own: JWTVerifyGetKey | undefined;
  private readonly known = new Map<string, { readonly keys: JWTVerifyGetKey; readonly untilMs: number }>();

  constructor(
    private readonly signingKeys: SigningKeys,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {}

  /**
   * @throws Error when the issuer publishes no usable metadata
   * @see OpenID Connect Discovery 1.0 section 4
   */
  async of(issuer: string): Promise<JWTVerifyGetKey> {
    if (issuer === this.options.issuer) return (this.own ??= createLocalJWKSet(this.signingKeys.publicJwks()));
    const known = this.known.get(issuer);
    if (known !== undefined && this.clock.nowMs() < known.untilMs) return known.keys;
    const jwksUri = await jwksUriOf(issuer);
    const keys = new RemoteKeys(this.clock, () => published(jwksUri, 'keys')).find;
    if (this.known.size >= MAX_ISSUERS) this.known.clear();
    this.known.set(issuer, { keys, untilMs: this.clock.nowMs() + METADATA_LIFETIME_MS });
    return keys;
  }
}

async function jwksUriOf(issuer: string): Promise<string> {
  const metadata = await published(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, 'metadata');
  if (!isJsonObject(metadata) || metadata['issuer'] !== issuer) throw new Error('The metadata are of another issuer.');
  const { jwks_uri: uri } = metadata;
  if (typeof uri !== 'string' || !isSecureUrl(uri)) throw new Error('The claim issuer names no keys.');
  return uri;
}

async function published(url: string, what: string): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json' },
  });
  const text = await response.text();
  if (!response.ok || text.length > MAX_DOCUMENT_BYTES) throw new Error(`The claim issuer publishes no ${what}.`);
  return JSON.parse(text) as unknown;
}
