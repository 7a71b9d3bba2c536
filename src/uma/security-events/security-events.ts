import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { parseSecurityEvent, type SecurityEvent } from '../protocol/security-event.js';
import { SecurityEventError } from '../protocol/security-event-error.js';
import { isJsonObject, parseStrictJson } from '../protocol/strict-json.js';
import { SeenEvents } from './seen-events.js';
import { TokenEndings } from './token-endings.js';
import type { Transmitter } from './transmitter.js';
import { Transmitters } from './transmitters.js';

/** How far two clocks may differ, in seconds. */
const CLOCK_SKEW_SECONDS = 60;
/** A sign of life is no younger for having been held up; but by so much the clocks may differ and nothing is lost. */
const CLOCK_TOLERANCE_MS = 5_000;
/** An event may have waited for a receiver that was away; the tokens it can be about have ended after a day. */
const LONGEST_AGE_SECONDS = 24 * 60 * 60;

/** Takes the security event tokens that authorization servers push, and passes on what they mean. */
@Injectable()
export class SecurityEvents {
  private readonly seen = new SeenEvents();

  constructor(
    private readonly clock: Clock,
    private readonly transmitters: Transmitters,
    private readonly endings: TokenEndings,
  ) {}

  /**
   * Takes one token. What it says has been done when this returns. One that was taken before is taken again, as its
   * sender may have missed our answer, and does nothing: it is no sign of life either.
   *
   * @throws SecurityEventError when it is not to be believed
   * @throws AuthorizationServerUnreachable when it cannot be checked now
   * @see RFC 8935 section 2
   */
  async take(token: string): Promise<void> {
    const transmitter = this.senderOf(token);
    const event = parseSecurityEvent(readJson(await transmitter.keys.verified(token)));
    this.check(event, transmitter);
    if (this.seen.has(event)) return;
    this.act(event, transmitter);
    // Last: what could not be done is done when the event comes again.
    this.seen.add(event);
  }

  /** Found by what the token says of itself, before anything of it is believed. */
  private senderOf(token: string): Transmitter {
    const claims = readJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const issuer = isJsonObject(claims) ? claims['iss'] : undefined;
    const transmitter = typeof issuer === 'string' ? this.transmitters.find(issuer) : undefined;
    if (transmitter !== undefined) return transmitter;
    throw new SecurityEventError('invalid_issuer', 'Nothing is expected of this issuer.');
  }

  private check({ audience, issuedAt, meaning }: SecurityEvent, { receiver }: Transmitter): void {
    if (!receiver.audience.some((name) => audience.includes(name))) {
      throw new SecurityEventError('invalid_audience', 'The token is for somebody else.');
    }
    const age = this.clock.nowMs() / 1000 - issuedAt;
    const longest = meaning.kind === 'verification' ? 0 : LONGEST_AGE_SECONDS;
    if (age < -CLOCK_SKEW_SECONDS || age > longest + CLOCK_SKEW_SECONDS) {
      throw new SecurityEventError('invalid_request', 'The token is too old, or of a time to come.');
    }
  }

  private act({ meaning, issuedAt }: SecurityEvent, { issuer, channel }: Transmitter): void {
    switch (meaning.kind) {
      case 'verification':
        channel.heard(this.clock.nowMs(), issuedAt * 1000 + CLOCK_TOLERANCE_MS);
        break;
      case 'stream-updated':
        channel.fellSilent();
        break;
      case 'ended':
      case 'changed':
        this.endings.publish({ issuer, tokenId: meaning.tokenId, kind: meaning.kind });
        break;
    }
  }
}

function readJson(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch {
    throw new SecurityEventError('invalid_request', 'The body is no security event token.');
  }
}
