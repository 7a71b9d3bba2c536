import { types } from 'node:util';

import { Compile } from 'typebox/compile';

import { decodeHeartRate } from './heart-rate-characteristic.js';
import { CHARACTERISTIC, MEASUREMENT, OLD_MEASUREMENT } from './measurement-schema.js';
import type { Reading } from './reading.js';
import { readOldTime, readTimestamp } from './recorded-time.js';
import type { RefusalReason } from './refusal-reason.js';
import { TimeZone } from '../common/wall-clock-time.js';

/** How far ahead of its sending a measurement may lie; of ours, when the sensor does not tell when it sent it. */
export const MAX_AHEAD_MS = 5 * 60_000;

const LEAST_HEART_RATE = 20;
const GREATEST_HEART_RATE = 300;
const UNITS: readonly unknown[] = [undefined, '/min', 'bpm', 'beats/minute'];
/** What Bluetooth has room for: so many intervals, each up to 65,535/1024 s, and so much energy. */
const MOST_INTERVALS = 255;
const LONGEST_INTERVAL_MS = 64_000;
const MOST_ENERGY_KJ = 65_535;

const measurement = Compile(MEASUREMENT);
const characteristic = Compile(CHARACTERISTIC);
const oldMeasurement = Compile(OLD_MEASUREMENT);

/** What an item says, whatever its shape; what is unknown is not checked yet. */
interface Told {
  readonly heartRate: number;
  readonly recorded: number | RefusalReason;
  readonly sentAt?: unknown;
  readonly unit?: unknown;
  readonly rrIntervals?: unknown;
  readonly contact?: unknown;
  readonly energy?: unknown;
}

/**
 * Reads what sensors send, over sockets and over HTTP alike. Three shapes are known, and members beside these are ignored:
 *
 * - `{heartRate, timestamp}`: a number, and an RFC 3339 time with its zone; with it may come `rrIntervals` in
 *   milliseconds, `contact` with the skin, and the `energy` expended in kilojoules;
 * - `{characteristic, timestamp}`: the same as a Bluetooth sensor gives it, in base64 or as bytes;
 * - `{measure, time}` of the systems before: the number may be text, and the time may lack its zone.
 *
 * The first and the last may name a `unit`: `/min`, `bpm` or `beats/minute`. Each may tell when it was sent (`sentAt`).
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

  /**
   * @param messageSentMs when the message was sent, by the sensor's clock; of items that do not tell
   * @returns the reading, or why the item is refused
   */
  decode(item: unknown, nowMs: number, messageSentMs?: number): Reading | RefusalReason {
    const told = this.toldBy(item);
    if (typeof told === 'string') return told;
    return refusalOf(told) ?? readingOf(told, timesOf(told, messageSentMs, nowMs));
  }

  private toldBy(item: unknown): Told | RefusalReason {
    if (measurement.Check(item)) {
      const { heartRate, timestamp, sentAt, unit, rrIntervals, contact, energy } = item;
      return { heartRate, recorded: readTimestamp(timestamp), sentAt, unit, rrIntervals, contact, energy };
    }
    if (characteristic.Check(item)) return toldByCharacteristic(item);
    if (!oldMeasurement.Check(item)) return 'malformed';
    const { measure, time, sentAt, unit } = item;
    return { heartRate: Number(measure), recorded: readOldTime(time, this.zone), sentAt, unit };
  }
}

function toldByCharacteristic(item: {
  characteristic: unknown;
  timestamp: string;
  sentAt?: unknown;
}): Told | RefusalReason {
  const bytes = bytesOf(item.characteristic);
  const read = bytes && decodeHeartRate(bytes);
  if (read === undefined) return 'characteristic_malformed';
  const { heartRate, contact, energyKj: energy, rrIntervalsMs: rrIntervals } = read;
  return {
    heartRate,
    recorded: readTimestamp(item.timestamp),
    sentAt: item.sentAt,
    rrIntervals,
    contact: contact === 'unsupported' ? undefined : contact === 'good',
    energy,
  };
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (types.isUint8Array(value)) return value;
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value, 'base64');
  // The decoder of Node passes over whatever is no base64.
  return bytes.toString('base64') === value ? bytes : undefined;
}

function refusalOf({ heartRate, unit }: Told): RefusalReason | undefined {
  if (!UNITS.includes(unit)) return 'unknown_unit';
  if (!Number.isInteger(heartRate)) return 'value_not_integer';
  return heartRate < LEAST_HEART_RATE || heartRate > GREATEST_HEART_RATE ? 'value_out_of_range' : undefined;
}

type Times = Pick<Reading, 'recordedMs' | 'sentMs'>;

function timesOf({ recorded, sentAt }: Told, messageSentMs: number | undefined, nowMs: number): Times | RefusalReason {
  if (typeof recorded === 'string') return recorded;
  if (recorded < 0) return 'time_before_1970';
  const sentMs = sentAt === undefined ? messageSentMs : sentMsOf(sentAt);
  if (typeof sentMs === 'string') return sentMs;
  // Whoever tells when it was sent is measured by that: its clock need not agree with ours.
  if (recorded > (sentMs ?? nowMs) + MAX_AHEAD_MS) return 'time_ahead';
  return sentMs === undefined ? { recordedMs: recorded } : { recordedMs: recorded, sentMs };
}

function sentMsOf(sentAt: unknown): number | RefusalReason {
  const sent = typeof sentAt === 'string' ? readTimestamp(sentAt) : undefined;
  return typeof sent === 'number' ? sent : 'sent_at_malformed';
}

function readingOf(told: Told, times: Times | RefusalReason): Reading | RefusalReason {
  const more = moreOf(told);
  if (typeof more === 'string') return more;
  if (typeof times === 'string') return times;
  const { heartRate } = told;
  const { recordedMs, sentMs } = times;
  // Of most there is nothing more to say, and to spread members would take longer than all the rest.
  const reading = sentMs === undefined ? { heartRate, recordedMs } : { heartRate, recordedMs, sentMs };
  return more === undefined ? reading : { ...reading, ...more };
}

type More = Pick<Reading, 'rrIntervalsMs' | 'contact' | 'energyKj'>;

function moreOf(told: Told): More | RefusalReason | undefined {
  if (saysNoMore(told)) return undefined;
  const { rrIntervals = [], contact, energy } = told;
  if (!areIntervals(rrIntervals)) return 'rr_intervals_malformed';
  if (!isContact(contact)) return 'contact_malformed';
  if (!isEnergy(energy)) return 'energy_malformed';
  return {
    ...(rrIntervals.length > 0 && { rrIntervalsMs: rrIntervals }),
    ...(contact !== undefined && { contact }),
    ...(energy !== undefined && { energyKj: energy }),
  };
}

const saysNoMore = ({ rrIntervals, contact, energy }: Told): boolean =>
  rrIntervals === undefined && contact === undefined && energy === undefined;

function areIntervals(value: unknown): value is readonly number[] {
  const isInterval = (ms: unknown): boolean => typeof ms === 'number' && ms > 0 && ms <= LONGEST_INTERVAL_MS;
  return Array.isArray(value) && value.length <= MOST_INTERVALS && value.every(isInterval);
}

function isContact(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}

function isEnergy(value: unknown): value is number | undefined {
  if (value === undefined) return true;
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_ENERGY_KJ;
}
