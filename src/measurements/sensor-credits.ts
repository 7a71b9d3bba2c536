import { Injectable } from '@nestjs/common';

import { UmaError } from '../uma/protocol/uma-error.js';

/** The credit of one sensor, over all its connections: measurements that it may have sent without having the answer. */
export const SENSOR_CREDIT = 4_000;

/** What sensors have sent and have no answer to yet: none takes more than its share of the server, however it connects. */
@Injectable()
export class SensorCredits {
  private readonly spent = new Map<string, number>();

  /** @throws UmaError `slow_down` when that is more than is left */
  spend(sensorId: string, size: number): void {
    const spent = (this.spent.get(sensorId) ?? 0) + size;
    if (spent > SENSOR_CREDIT) {
      throw new UmaError('slow_down', `Wait for answers: at most ${SENSOR_CREDIT} measurements may lack theirs.`);
    }
    this.spent.set(sensorId, spent);
  }

  giveBack(sensorId: string, size: number): void {
    const spent = (this.spent.get(sensorId) ?? 0) - size;
    if (spent > 0) this.spent.set(sensorId, spent);
    else this.spent.delete(sensorId);
  }

  /** Spends credit for as long as something takes. @throws UmaError `slow_down`, and whatever that throws */
  async during<Result>(sensorId: string, size: number, act: () => Promise<Result>): Promise<Result> {
    this.spend(sensorId, size);
    try {
      return await act();
    } finally {
      this.giveBack(sensorId, size);
    }
  }
}
