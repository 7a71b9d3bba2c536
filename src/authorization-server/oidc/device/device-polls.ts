import { Injectable } from '@nestjs/common';

import { Clock } from '../../../common/clock.js';
import { digest } from '../../../common/digest.js';
import { POLL_SECONDS } from './device-grant-type.js';

/** Knows which devices ask too often. Like the rate limits it counts for this process alone: it only slows them down. */
@Injectable()
export class DevicePolls {
  /** When each device code came last, the earliest first. */
  private readonly lastMs = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Notes that a device asks. @returns whether it did so less than the interval ago */
  isTooSoon(deviceCode: string): boolean {
    this.forget();
    const id = digest(deviceCode);
    const tooSoon = this.lastMs.delete(id);
    this.lastMs.set(id, this.clock.nowMs());
    return tooSoon;
  }

  private forget(): void {
    const sinceMs = this.clock.nowMs() - POLL_SECONDS * 1000;
    for (const [id, lastMs] of this.lastMs) {
      if (lastMs > sinceMs) return;
      this.lastMs.delete(id);
    }
  }
}
