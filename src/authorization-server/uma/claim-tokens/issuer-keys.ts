import { Injectable } from '@nestjs/common';
import { compactVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { fetch } from 'undici';

import { boundedText } from '../../../common/bounded-text.js';
import { Clock } from '../../../common/clock.js';
import { RemoteKeys } from '../../../common/remote-keys.js';
import { TokenSigner } from '../../oidc/keys/token-signer.js';
import { isSecureFrom } from '../../../uma/protocol/discovery.js';
import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import { UmaOptions } from '../uma-options.js';
import { SIGNATURE_ALGORITHMS } from './signed-token.js';

const ALGORITHMS = [...SIGNATURE_ALGORITHMS];
const TIMEOUT_MS = 5_000;
const METADATA_LIFETIME_MS = 3_600_000;
const MAX_DOCUMENT_BYTES = 100_000;
const MAX_ISSUERS = 1_000;

/** What a token says whose signature was verified. */
export interface VerifiedToken {
  readonly typ: string | undefined;
  readonly payload: JWTPayload;
}

/** Verifies the signatures of claim issuers: this server itself knows its own, others publish their keys. */
@Injectable()
export class IssuerKeys {
  private readonly known = new Map<string, { readonly keys: JWTVerifyGetKey; readonly untilMs: number }>();

  constructor(
    private readonly own: TokenSigner,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {}

  /**
   * Verifies who has signed a token; what it says is not looked at.
   *
   * @throws Error when it is not signed by the issuer, the issuer publishes no usable metadata, or may not be asked for any: a client that names an issuer
   * does not make this server look around in its own network
   * @see OpenID Connect Discovery 1.0 section 4
   */
  async verified(token: string, issuer: string): Promise<VerifiedToken> {
    if (issuer === this.options.issuer) return this.verifiedOwn(token);
    const { payload, protectedHeader } = await compactVerify(token, await this.of(issuer), { algorithms: ALGORITHMS });
    return { typ: protectedHeader.typ, payload: claimsOf(JSON.parse(new TextDecoder().decode(payload))) };
  }

  private verifiedOwn(token: string): VerifiedToken {
    const own = this.own.verified(token);
    if (own === undefined) throw new Error('This server has not signed the token.');
    const { typ } = own.header;
    if (typ !== undefined && typeof typ !== 'string') throw new Error('A type is a text.');
    return { typ, payload: own.payload };
  }

  private async of(issuer: string): Promise<JWTVerifyGetKey> {
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

function claimsOf(payload: unknown): JWTPayload {
  if (!isJsonObject(payload)) throw new Error('The token holds no claims.');
  return payload;
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
