import { Compile } from 'typebox/compile';

import { MEASUREMENT, OLD_MEASUREMENT } from './measurement-schema.js';
import type { Reading } from './reading.js';
import { readOldTime, readTimestamp } from './recorded-time.js';
import type { RefusalReason } from './refusal-reason.js';
import { TimeZone } from '../common/wall-clock-time.js';

/** How far a sensor's clock may run ahead of ours. */
export const MAX_AHEAD_MS = 5 * 60_000;

const LEAST_HEART_RATE = 20;
const GREATEST_HEART_RATE = 300;
const UNITS: readonly unknown[] = [undefined, '/min', 'bpm', 'beats/minute'];

const measurement = Compile(MEASUREMENT);
const oldMeasurement = Compile(OLD_MEASUREMENT);

/**
 * Reads what sensors send, over sockets and over HTTP alike. Two shapes are known, and members beside these are ignored:
 *
 * - `{heartRate, timestamp}`: a number, and an RFC 3339 time with its zone;
 * - `{measure, time}` of the systems before: the number may be text, and the time may lack its zone.
 *
 * Either may name its `unit`: `/min`, `bpm` or `beats/minute`.
 */
export class MeasurementDecoder {
  private readonly zone: TimeZone | undefined;

  /**
   * @param sensorTimeZone IANA zone in which a `time` without a zone is read; without it such a time is refused
   * @throws RangeError when there is no such zone
   */
  constructor(sensorTimeZone?: string) {
    this.zone = sensorTimeZone === undefined ? undefined : new TimeZone(sensorTimeZone);
  }

  /** @returns the reading, or why the item is refused */
  decode(item: unknown, nowMs: number): Reading | RefusalReason {
    if (measurement.Check(item)) {
      const { heartRate, timestamp, unit } = item;
      return refusalOf(heartRate, unit) ?? within(heartRate, readTimestamp(timestamp), nowMs);
    }
    if (oldMeasurement.Check(item)) {
      const heartRate = Number(item.measure);
      return refusalOf(heartRate, item.unit) ?? within(heartRate, readOldTime(item.time, this.zone), nowMs);
    }
    return 'malformed';
  }
}

function refusalOf(heartRate: number, unit: unknown): RefusalReason | undefined {
  if (!UNITS.includes(unit)) return 'unknown_unit';
  if (!Number.isInteger(heartRate)) return 'value_not_integer';
  return heartRate < LEAST_HEART_RATE || heartRate > GREATEST_HEART_RATE ? 'value_out_of_range' : undefined;
}

function within(heartRate: number, recorded: number | RefusalReason, nowMs: number): Reading | RefusalReason {
  if (typeof recorded === 'string') return recorded;
  if (recorded < 0) return 'time_before_1970';
  return recorded > nowMs + MAX_AHEAD_MS ? 'time_ahead' : { heartRate, recordedMs: recorded };
}
