import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { SET_TYPE } from '../../uma/protocol/shared-signals.js';
import { TokenSigner } from '../oidc/keys/token-signer.js';
import { EventOptions } from './event-options.js';
import type { EventClaims } from './event-outbox.js';

/** A security event token before it is signed. */
export interface UnsignedSet {
  /** `jti`: the same however often the event is sent. */
  readonly eventId: string;
  readonly audience: string;
  readonly claims: EventClaims;
}

/** Signs security event tokens with the key of the server. @see RFC 8417 section 2.2 */
@Injectable()
export class SetSigner {
  constructor(
    private readonly signer: TokenSigner,
    private readonly clock: Clock,
    private readonly options: EventOptions,
  ) {}

  /** The token as it is sent now. It has neither `sub` nor `exp`: SSF 1.0 section 4.1.3. */
  sign({ eventId: jti, audience: aud, claims }: UnsignedSet): string {
    const { issuer: iss } = this.options;
    return this.signer.sign(SET_TYPE, { iss, jti, iat: this.clock.nowSeconds(), aud, ...claims });
  }
}
