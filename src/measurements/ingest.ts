import { Inject, Injectable, Logger } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import type { Acknowledgement, Refusal } from './acknowledgement.js';
import { MeasurementDecoder } from './measurement-decoder.js';
import { MEASUREMENTS_OPTIONS, type MeasurementsOptions } from './measurements.options.js';
import type { Sample } from './reading.js';
import { SampleWriter } from './sample-writer.js';
import { type Sensor, Sensors } from './sensors.js';

/** Takes in what an authenticated sensor sends, over whatever transport it came. */
@Injectable()
export class Ingest {
  private readonly logger = new Logger(Ingest.name);
  private readonly decoder: MeasurementDecoder;

  constructor(
    private readonly writer: SampleWriter,
    private readonly sensors: Sensors,
    private readonly clock: Clock,
    @Inject(MEASUREMENTS_OPTIONS) options: MeasurementsOptions,
  ) {
    this.decoder = new MeasurementDecoder(options.sensorTimeZone);
  }

  /**
   * Stores what can be stored and says what became of each item, once it is on the disk. A sensor may send the next
   * message before the answer to this one: they are stored in the order of the calls.
   *
   * @throws UmaError `invalid_token` when the sensor lost its right to send, and what {@link SampleWriter.write} throws
   */
  async receive(sensor: Sensor, items: readonly unknown[]): Promise<Acknowledgement> {
    if (this.sensors.isRevoked(sensor)) throw new UmaError('invalid_token', 'This sensor may not send any more.');
    const { samples, refusals } = this.decode(sensor, items);
    // Nothing may be awaited before this, or a message could overtake the one before it.
    const written = samples.length === 0 ? { stored: 0, duplicate: 0 } : await this.writer.write(samples);
    await this.noteSeen(sensor);
    return { ...written, refused: refusals.length, ...(refusals.length > 0 && { refusals }) };
  }

  private decode(sensor: Sensor, items: readonly unknown[]): { samples: Sample[]; refusals: Refusal[] } {
    const receivedMs = this.clock.nowMs();
    const samples: Sample[] = [];
    const refusals: Refusal[] = [];
    for (const [index, item] of items.entries()) {
      const reading = this.decoder.decode(item, receivedMs);
      if (typeof reading === 'string') refusals.push({ index, reason: reading });
      else samples.push({ ...reading, resourceId: sensor.resourceId, sensorId: sensor.id, receivedMs });
    }
    return { samples, refusals };
  }

  /** The samples are stored by now: what happens here must not make the sensor send them again. */
  private async noteSeen(sensor: Sensor): Promise<void> {
    try {
      await this.sensors.seen(sensor);
    } catch (error) {
      this.logger.warn(
        'It could not be noted that a sensor is alive.',
        error instanceof Error ? error.stack : undefined,
      );
    }
  }
}
