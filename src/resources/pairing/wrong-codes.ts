import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import type { ResourceOwner } from '../../uma/protection-api/resource-owner.js';

/** How many wrong codes somebody may type before they have to wait. */
export const MOST_WRONG = 10;
const WINDOW_MS = 10 * 60_000;

interface Count {
  wrong: number;
  readonly untilMs: number;
}

/**
 * Counts the wrong codes that each person types: whoever guessed the code of a stranger's sensor would see that stranger's
 * heart rate. Like the rate limits it counts for this process alone.
 *
 * @see RFC 8628 section 5.1
 */
@Injectable()
export class WrongCodes {
  /** By person, those first whose time is up first. */
  private readonly counts = new Map<string, Count>();

  constructor(private readonly clock: Clock) {}

  /** Whether a person has to wait. */
  areTooMany(person: ResourceOwner): boolean {
    this.forget();
    return (this.counts.get(keyOf(person))?.wrong ?? 0) >= MOST_WRONG;
  }

  /** Notes that a person has typed a wrong one. */
  note(person: ResourceOwner): void {
    const key = keyOf(person);
    const count = this.counts.get(key) ?? { wrong: 0, untilMs: this.clock.nowMs() + WINDOW_MS };
    count.wrong += 1;
    this.counts.set(key, count);
  }

  private forget(): void {
    for (const [key, { untilMs }] of this.counts) {
      if (untilMs > this.clock.nowMs()) return;
      this.counts.delete(key);
    }
  }
}

const keyOf = ({ issuer, subject }: ResourceOwner): string => JSON.stringify([issuer, subject]);
