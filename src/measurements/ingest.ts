import { Inject, Injectable, Logger } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import type { Acknowledgement, Refusal } from './acknowledgement.js';
import { MeasurementDecoder } from './measurement-decoder.js';
import { MEASUREMENTS_OPTIONS, type MeasurementsOptions } from './measurements.options.js';
import type { Reading, Sample } from './reading.js';
import type { RefusalReason } from './refusal-reason.js';
import { SampleWriter } from './sample-writer.js';
import { SensorClocks } from './sensor-clocks.js';
import { type Sensor, Sensors } from './sensors.js';

const RECENT_MS = 60_000;

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
    private readonly clocks: SensorClocks,
  ) {
    this.decoder = new MeasurementDecoder(options.sensorTimeZone);
  }

  /**
   * Stores what can be stored and says what became of each item, once it is on the disk. A sensor may send the next
   * message before the answer to this one: they are stored in the order of the calls.
   *
   * @param sentMs when the message was sent, by the sensor's own clock; of items that do not tell
   * @throws UmaError `invalid_token` when the sensor lost its right to send, and what {@link SampleWriter.write} throws
   */
  async receive(sensor: Sensor, items: readonly unknown[], sentMs?: number): Promise<Acknowledgement> {
    if (this.sensors.isRevoked(sensor)) throw new UmaError('invalid_token', 'This sensor may not send any more.');
    const { samples, refusals } = this.read(sensor, items, sentMs);
    // Nothing may be awaited before this, or a message could overtake the one before it.
    const written = samples.length === 0 ? { stored: 0, duplicate: 0 } : await this.writer.write(samples);
    this.noteContact(sensor, samples);
    const noted = this.sensors.seen(sensor);
    if (noted !== undefined) await this.unharmed(noted);
    return { ...written, refused: refusals.length, ...(refusals.length > 0 && { refusals }) };
  }

  private read(sensor: Sensor, items: readonly unknown[], sentMs?: number): { samples: Sample[]; refusals: Refusal[] } {
    const receivedMs = this.clock.nowMs();
    const readings = items.map((item) => this.decoder.decode(item, receivedMs, sentMs));
    const correctionMs = this.correctionMs(sensor, readings, receivedMs);
    const samples: Sample[] = [];
    const refusals: Refusal[] = [];
    const place = { resourceId: sensor.resourceId, sensorId: sensor.id, receivedMs };
    for (const [index, reading] of readings.entries()) {
      const sample = typeof reading === 'string' ? reading : placed(reading, correctionMs, place);
      if (typeof sample === 'string') refusals.push({ index, reason: sample });
      else samples.push(sample);
    }
    return { samples, refusals };
  }

  /** One correction for the whole message, so that its measurements keep their distance. */
  private correctionMs(sensor: Sensor, readings: readonly (Reading | RefusalReason)[], receivedMs: number): number {
    let latestMs = -Infinity;
    for (const reading of readings) {
      if (typeof reading !== 'string' && reading.sentMs !== undefined) latestMs = Math.max(latestMs, reading.sentMs);
    }
    return latestMs === -Infinity ? 0 : this.clocks.correctionMs(sensor.id, latestMs, receivedMs);
  }

  /** Whether it touches the skin now: what it measured a while ago says nothing about that. */
  private noteContact(sensor: Sensor, samples: readonly Sample[]): void {
    const { contact, recordedMs = 0 } = samples.at(-1) ?? {};
    if (contact === undefined || this.clock.nowMs() - recordedMs > RECENT_MS) return;
    this.sensors.noteContact(sensor, contact);
  }

  /** The samples are stored by now: what happens here must not make the sensor send them again. */
  private async unharmed(noted: Promise<void>): Promise<void> {
    try {
      await noted;
    } catch (error) {
      this.logger.warn(
        'It could not be noted that a sensor is alive.',
        error instanceof Error ? error.stack : undefined,
      );
    }
  }
}

/**
 * Without a word of when it was sent nothing is known of the clock, and nothing corrected. Members are named one by one: to
 * spread them would take longer than all else that is done with a measurement.
 */
function placed(
  { heartRate, recordedMs: sensorMs, sentMs, rrIntervalsMs, contact, energyKj }: Reading,
  correctionMs: number,
  { resourceId, sensorId, receivedMs }: Pick<Sample, 'resourceId' | 'sensorId' | 'receivedMs'>,
): Sample | RefusalReason {
  const recordedMs = sentMs === undefined ? sensorMs : sensorMs + correctionMs;
  if (recordedMs < 0) return 'time_before_1970';
  const sample = { heartRate, recordedMs, sensorMs, resourceId, sensorId, receivedMs };
  if ((rrIntervalsMs ?? contact ?? energyKj) === undefined) return sample;
  return {
    ...sample,
    ...(rrIntervalsMs && { rrIntervalsMs }),
    ...(contact !== undefined && { contact }),
    ...(energyKj !== undefined && { energyKj }),
  };
}
