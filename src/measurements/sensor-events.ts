import { Injectable } from '@nestjs/common';

import { UmaError } from '../uma/protocol/uma-error.js';
import type { Acknowledgement } from './acknowledgement.js';
import { Ingest } from './ingest.js';
import { itemsOf } from './measurements-message.js';
import { type SensorStatus, statusOf } from './sensor-status.js';
import { type Sensor, Sensors } from './sensors.js';

/** A message that was understood: what it takes of the sensor's credit, and how it is carried out. */
export interface SensorTask {
  readonly size: number;
  readonly run: (sensor: Sensor) => Promise<Acknowledgement | SensorStatus>;
}

/** The events that sensors send: `measurement` and `status`. */
@Injectable()
export class SensorEvents {
  constructor(
    private readonly ingest: Ingest,
    private readonly sensors: Sensors,
  ) {}

  /**
   * What an event asks for.
   *
   * @param messages what came with it, the wish for an answer left out
   * @throws UmaError `invalid_request` or `payload_too_large` when it cannot be understood
   */
  taskOf(event: unknown, messages: readonly unknown[]): SensorTask {
    switch (event) {
      case 'measurement': {
        const items = itemsOf(theOnly(messages));
        return { size: Math.max(1, items.length), run: (sensor) => this.ingest.receive(sensor, items) };
      }
      case 'status': {
        const status = statusOf(theOnly(messages));
        return { size: 1, run: (sensor) => this.sensors.told(sensor, status) };
      }
      default:
        throw new UmaError('invalid_request', 'There is no such event: sensors send `measurement` and `status`.');
    }
  }
}

/** @throws UmaError `invalid_request` when an event carries several messages: only one could be answered for */
function theOnly(messages: readonly unknown[]): unknown {
  if (messages.length > 1) {
    throw new UmaError('invalid_request', 'An event carries one message: several measurements go as an array.');
  }
  return messages[0];
}
