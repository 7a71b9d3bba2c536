import { createPrivateKey, type KeyObject, sign } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { SET_TYPE } from '../../uma/protocol/shared-signals.js';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { EventOptions } from './event-options.js';
import type { EventClaims } from './event-outbox.js';

/** A security event token before it is signed. */
export interface UnsignedSet {
  /** `jti`: the same however often the event is sent. */
  readonly eventId: string;
  readonly audience: string;
  readonly claims: EventClaims;
}

/** Signs security event tokens with the key of the server. @see RFC 8417, RFC 7518 section 3.4 (ES256) */
@Injectable()
export class SetSigner {
  private readonly header: string;
  private readonly key: KeyObject;

  constructor(
    keys: SigningKeys,
    private readonly clock: Clock,
    private readonly options: EventOptions,
  ) {
    const [jwk = {}] = keys.privateJwks().keys;
    this.header = encoded({ alg: 'ES256', typ: SET_TYPE, kid: jwk.kid });
    this.key = createPrivateKey({ key: jwk, format: 'jwk' });
  }

  /** The token as it is sent now. It has neither `sub` nor `exp`: SSF 1.0 section 4.1.3. */
  sign({ eventId: jti, audience: aud, claims }: UnsignedSet): string {
    const payload = encoded({ iss: this.options.issuer, jti, iat: this.clock.nowSeconds(), aud, ...claims });
    const signed = `${this.header}.${payload}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
