import { UmaError } from '../uma/protocol/uma-error.js';
import type { Sample } from './reading.js';

/** Where a page ended: the order of samples is by time, sensor, and the sensor's own time, so that no two share a place. */
export interface PageEnd {
  readonly recordedMs: number;
  readonly sensorId: string;
  readonly sensorMs: number;
}

/** Writes a place for the reader to come back with; its form is nobody's business. */
export function writeCursor({ recordedMs, sensorId, sensorMs }: Sample): string {
  return encoded([recordedMs, sensorId, sensorMs]);
}

/** @throws UmaError `invalid_request` when it is not what {@link writeCursor} wrote */
export function readCursor(cursor: string): PageEnd {
  const [recordedMs, sensorId, sensorMs, ...others] = decoded(cursor);
  if (isTime(recordedMs) && isSensorId(sensorId) && isTime(sensorMs) && others.length === 0) {
    return { recordedMs, sensorId, sensorMs };
  }
  throw madeUp();
}

/** The same for a place between two samples, or minutes: a time, in milliseconds since the Unix epoch. */
export function writeTimeCursor(epochMs: number): string {
  return encoded([epochMs]);
}

/** @throws UmaError `invalid_request` when it is not what {@link writeTimeCursor} wrote */
export function readTimeCursor(cursor: string): number {
  const [epochMs, ...others] = decoded(cursor);
  if (isTime(epochMs) && others.length === 0) return epochMs;
  throw madeUp();
}

function madeUp(): UmaError {
  return new UmaError('invalid_request', 'The cursor is none that this server gave out.');
}

/** What is coded here reaches the database, past the checks that other text goes through. */
function isSensorId(text: unknown): text is string {
  return typeof text === 'string' && /^[\w-]{1,100}$/.test(text);
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function encoded(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function decoded(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? (parts as readonly unknown[]) : [];
  } catch {
    return [];
  }
}
