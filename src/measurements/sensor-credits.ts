import { Injectable } from '@nestjs/common';

import { UmaError } from '../uma/protocol/uma-error.js';

/** The credit of one sensor, over all its connections: measurements that it may have sent without having the answer. */
export const SENSOR_CREDIT = 4_000;
/** In how many messages these may come: each costs about as much as fifty measurements that come together. */
export const MESSAGE_CREDIT = 500;

interface Spent {
  readonly messages: number;
  readonly measurements: number;
}

const NOTHING: Spent = { messages: 0, measurements: 0 };

/** What sensors have sent and have no answer to yet: none takes more than its share of the server, however it connects. */
@Injectable()
export class SensorCredits {
  private readonly spent = new Map<string, Spent>();

  /**
   * Spends the credit of one message.
   *
   * @param size how many measurements it has
   * @throws UmaError `slow_down` when that is more than is left
   */
  spend(sensorId: string, size: number): void {
    const spent = this.spent.get(sensorId) ?? NOTHING;
    const [messages, measurements] = [spent.messages + 1, spent.measurements + size];
    if (messages > MESSAGE_CREDIT || measurements > SENSOR_CREDIT) {
      const most = `${SENSOR_CREDIT} measurements in ${MESSAGE_CREDIT} messages`;
      throw new UmaError('slow_down', `Wait for answers: at most ${most} may lack theirs.`);
    }
    this.spent.set(sensorId, { messages, measurements });
  }

  giveBack(sensorId: string, size: number, messages = 1): void {
    const spent = this.spent.get(sensorId) ?? NOTHING;
    const left = { messages: spent.messages - messages, measurements: spent.measurements - size };
    if (left.messages > 0) this.spent.set(sensorId, left);
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
