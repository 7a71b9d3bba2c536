import { Injectable, Logger, type OnModuleDestroy, Optional } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { News, NoNews } from '../../common/news.js';
import { parseSecurityEvent, type SecurityEvent } from '../protocol/security-event.js';
import { SecurityEventError } from '../protocol/security-event-error.js';
import { isJsonObject, parseStrictJson } from '../protocol/strict-json.js';
import { InstancesUntold } from './instances-untold.js';
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
/** On what topic the instances tell each other what came in. */
const TOPIC = 'security-event';

/**
 * Takes the security event tokens that authorization servers push, and passes on what they mean; to other instances of
 * this resource server the token itself, which they check again.
 */
@Injectable()
export class SecurityEvents implements OnModuleDestroy {
  private readonly logger = new Logger(SecurityEvents.name);
  private readonly seen = new SeenEvents();
  private readonly unsubscribe: readonly (() => void)[];

  constructor(
    private readonly clock: Clock,
    private readonly transmitters: Transmitters,
    private readonly endings: TokenEndings,
    @Optional() private readonly news: News = new NoNews(),
  ) {
    this.unsubscribe = [
      news.subscribe(TOPIC, (token) => void this.hear(token)),
      news.onMissed(() => {
        this.fallSilent();
      }),
    ];
  }

  onModuleDestroy(): void {
    for (const end of this.unsubscribe) end();
  }

  /**
   * Takes one token. What it says has been done when this returns, and the other instances were told. One that was taken
   * before is taken again, as its sender may have missed our answer, and does nothing: it is no sign of life either.
   *
   * @throws SecurityEventError when it is not to be believed
   * @throws AuthorizationServerUnreachable when it cannot be checked now
   * @throws InstancesUntold when it was done here, but the other instances may not know; it has to come again
   * @see RFC 8935 section 2
   */
  async take(token: string): Promise<void> {
    await this.takeFrom(token, () => this.tell(token));
  }

  /** What cannot be believed, or not now, may have been the news that mattered. */
  private async hear(token: unknown): Promise<void> {
    try {
      await this.takeFrom(String(token), () => Promise.resolve());
    } catch (error) {
      this.logger.warn(`What another instance told could not be taken: ${error instanceof Error ? error.message : ''}`);
      this.fallSilent();
    }
  }

  private async takeFrom(token: string, passOn: () => Promise<void>): Promise<void> {
    const transmitter = this.senderOf(token);
    const event = parseSecurityEvent(readJson(await transmitter.keys.verified(token)));
    this.check(event, transmitter);
    if (this.seen.has(event)) return;
    this.act(event, transmitter);
    await passOn();
    // Last: what could not be done is done when the event comes again.
    this.seen.add(event);
  }

  private async tell(token: string): Promise<void> {
    try {
      await this.news.tell(TOPIC, token);
    } catch (cause) {
      throw new InstancesUntold('The other instances cannot be told now.', { cause });
    }
  }

  private fallSilent(): void {
    for (const { channel } of this.transmitters.all()) channel.fellSilent();
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
        // What came to another instance may not have come here.
        if (this.news.isComplete) channel.heard(this.clock.nowMs(), issuedAt * 1000 + CLOCK_TOLERANCE_MS);
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
