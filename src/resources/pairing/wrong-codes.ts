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

  /**
   * Counts a code as wrong, before anybody has looked: of many that are typed at once no more are looked at either.
   *
   * @returns false when the person has to wait
   */
  count(person: ResourceOwner): boolean {
    this.forget();
    const key = keyOf(person);
    const count = this.counts.get(key) ?? { wrong: 0, untilMs: this.clock.nowMs() + WINDOW_MS };
    if (count.wrong >= MOST_WRONG) return false;
    count.wrong += 1;
    this.counts.set(key, count);
    return true;
  }

  /** Takes back what was counted: the code was right. */
  takeBack(person: ResourceOwner): void {
    const count = this.counts.get(keyOf(person));
    if (count !== undefined) count.wrong -= 1;
  }

  private forget(): void {
    for (const [key, { untilMs }] of this.counts) {
      if (untilMs > this.clock.nowMs()) return;
      this.counts.delete(key);
    }
  }
}

const keyOf = ({ issuer, subject }: ResourceOwner): string => JSON.stringify([issuer, subject]);
