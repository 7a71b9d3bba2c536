import type { SecurityEvent } from '../protocol/security-event.js';

const MAX_EVENTS = 10_000;

type EventIdentity = Pick<SecurityEvent, 'issuer' | 'id'>;

/**
 * Remembers which events were taken. Older ones are forgotten when there are too many: to end a token twice does no harm,
 * and signs of life are taken only while they are new.
 *
 * @see RFC 8417 section 2.2 (`jti`)
 */
export class SeenEvents {
  private readonly seen = new Set<string>();

  constructor(private readonly maxEvents = MAX_EVENTS) {}

  /** Whether an event was taken before. */
  has(event: EventIdentity): boolean {
    return this.seen.has(keyOf(event));
  }

  /** Remembers that an event was taken. */
  add(event: EventIdentity): void {
    this.seen.add(keyOf(event));
    const [oldest] = this.seen;
    if (oldest !== undefined && this.seen.size > this.maxEvents) this.seen.delete(oldest);
  }
}

const keyOf = ({ issuer, id }: EventIdentity): string => JSON.stringify([issuer, id]);
