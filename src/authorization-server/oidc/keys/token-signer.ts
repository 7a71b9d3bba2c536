import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { digest } from '../../../common/digest.js';
import { Recent } from '../../../common/recent.js';
import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import { SigningKeys } from './signing-keys.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** What a token of this server says, once its signature was verified. */
export interface OwnToken {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

const ALGORITHM = 'ES256';
/** How many tokens are remembered whose signature was verified. */
const VERIFIED = 1_000;
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** Signs what this server itself asserts, and knows it again: ES256 by Node, which takes half the time of a library. */
@Injectable()
export class TokenSigner {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly kid: string;
  /** By digest: a client pushes the same token for each resource, and a signature that was right stays right. */
  private readonly known = new Recent<string, OwnToken>(VERIFIED);

  constructor(keys: SigningKeys) {
    const [jwk = {}] = keys.privateJwks().keys;
    this.privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    this.publicKey = createPublicKey(this.privateKey);
    this.kid = jwk.kid ?? '';
  }

  /** @param type the media type of the token, without `application/` @see RFC 7515 */
  sign(type: string, claims: JsonObject): string {
    const content = [{ alg: ALGORITHM, typ: type, kid: this.kid }, claims].map(encoded).join('.');
    const signature = sign('sha256', Buffer.from(content), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${content}.${signature.toString('base64url')}`;
  }

  /**
   * What a token says that this server has signed; its claims are not looked at.
   *
   * @returns `undefined` for any other, and for one that has to be understood in a way that we do not know
   * @see RFC 7515 sections 4.1.11 and 5.2
   */
  verified(token: string): OwnToken | undefined {
    const name = digest(token);
    const known = this.known.find(name);
    if (known !== undefined) return known;
    const own = this.verifiedAnew(token);
    if (own !== undefined) this.known.set(name, own);
    return own;
  }

  private verifiedAnew(token: string): OwnToken | undefined {
    const [, protectedHeader = '', content = '', signature = ''] = COMPACT.exec(token) ?? [];
    const header = decoded(protectedHeader);
    if (header === undefined || !this.isOwn(header)) return undefined;
    const signed = Buffer.from(`${protectedHeader}.${content}`);
    const key = { key: this.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) return undefined;
    const payload = decoded(content);
    return payload && { header, payload };
  }

  private isOwn(header: JsonObject): boolean {
    return header['alg'] === ALGORITHM && header['kid'] === this.kid && !('crit' in header) && !('b64' in header);
  }
}

function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decoded(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
