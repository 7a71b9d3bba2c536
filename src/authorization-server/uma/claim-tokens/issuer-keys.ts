import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { fetch } from 'undici';

import { boundedText } from '../../../common/bounded-text.js';
import { Clock } from '../../../common/clock.js';
import { RemoteKeys } from '../../../common/remote-keys.js';
import { SigningKeys } from '../../oidc/keys/signing-keys.js';
import { isSecureFrom } from '../../../uma/protocol/discovery.js';
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
   * @throws Error when the issuer publishes no usable metadata, or may not be asked for any: a client that names an issuer
   * does not make this server look around in its own network
   * @see OpenID Connect Discovery 1.0 section 4
   */
  async of(issuer: string): Promise<JWTVerifyGetKey> {
    if (issuer === this.options.issuer) return (this.own ??= createLocalJWKSet(this.signingKeys.publicJwks()));
    const known = this.known.get(issuer);
    if (known !== undefined && this.clock.nowMs() < known.untilMs) return known.keys;
    const jwksUri = await this.jwksUriOf(issuer);
    const keys = new RemoteKeys(this.clock, () => published(jwksUri, 'keys')).find;
    if (this.known.size >= MAX_ISSUERS) this.known.clear();
    this.known.set(issuer, { keys, untilMs: this.clock.nowMs() + METADATA_LIFETIME_MS });
    return keys;
  }

  private async jwksUriOf(issuer: string): Promise<string> {
    const own = this.options.issuer;
    if (!isSecureFrom(own, issuer)) throw new Error('Claim issuers are asked over TLS, and not over plain http.');
    const metadata = await published(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, 'metadata');
    if (!isJsonObject(metadata) || metadata['issuer'] !== issuer)
      throw new Error('The metadata are of another issuer.');
    const { jwks_uri: uri } = metadata;
    if (typeof uri !== 'string' || !isSecureFrom(own, uri)) throw new Error('The claim issuer names no keys.');
    return uri;
  }
}

async function published(url: string, what: string): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json' },
  });
  if (response.ok) return JSON.parse(await boundedText(response.body, MAX_DOCUMENT_BYTES));
  await response.body?.cancel();
  throw new Error(`The claim issuer publishes no ${what}.`);
}
