import { renderSVG, renderUnicodeCompact } from 'uqr';

import type { BegunPairing } from './pairings.js';

/** Light modules around a QR code, without which readers do not find it. @see ISO/IEC 18004 section 5.3.8 */
const QUIET_ZONE = 4;

/** What a sensor shows to its owner, and what it asks with. @see RFC 8628 section 3.2 */
export class PairingAnswer {
  /** For the sensor alone: what it asks `POST /api/pairings/token` with. */
  readonly device_code!: string;
  /** For its owner: what she types, or compares. */
  readonly user_code!: string;
  /** Where she types it. */
  readonly verification_uri!: string;
  /** The same with the code filled in, when her authorization server has that. */
  readonly verification_uri_complete?: string;
  /** Seconds until it is too late. */
  readonly expires_in!: number;
  /** Seconds to wait between two questions. */
  readonly interval!: number;
  /** The link as a QR code: an SVG image. */
  readonly qr_svg!: string;
  /** The same for a terminal: lines of block characters. */
  readonly qr_text!: string;
}

/** What a sensor is told whose pairing has begun. */
export function pairingAnswer(pairing: BegunPairing): PairingAnswer {
  const { handle, userCode, verificationUri, verificationUriComplete, lifetimeSeconds, intervalSeconds } = pairing;
  const link = verificationUriComplete ?? verificationUri;
  return {
    device_code: handle.reveal(),
    user_code: userCode,
    verification_uri: verificationUri,
    ...(verificationUriComplete !== undefined && { verification_uri_complete: verificationUriComplete }),
    expires_in: lifetimeSeconds,
    interval: intervalSeconds,
    qr_svg: renderSVG(link, { border: QUIET_ZONE }),
    qr_text: renderUnicodeCompact(link, { border: QUIET_ZONE }),
  };
}
