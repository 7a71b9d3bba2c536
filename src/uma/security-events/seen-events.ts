import type { SecurityEvent } from '../protocol/security-event.js';

const MAX_EVENTS = 10_000;

/**
 * Remembers which events were taken. Older ones are forgotten when there are too many: to end a token twice does no harm,
 * and signs of life are taken only while they are new.
 *
 * @see RFC 8417 section 2.2 (`jti`)
 */
export class SeenEvents {
  private readonly seen = new Set<string>();

  constructor(private readonly maxEvents = MAX_EVENTS) {}

  /** Whether an event has not been taken before. From now on it has. */
  isNew({ issuer, id }: Pick<SecurityEvent, 'issuer' | 'id'>): boolean {
    const key = JSON.stringify([issuer, id]);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    const [oldest] = this.seen;
    if (oldest !== undefined && this.seen.size > this.maxEvents) this.seen.delete(oldest);
    return true;
  }
}
