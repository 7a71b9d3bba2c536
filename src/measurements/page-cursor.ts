import { UmaError } from '../uma/protocol/uma-error.js';
import type { Sample } from './reading.js';

/** Where a page ended: the order of samples is by time, then by sensor, so that no two share a place. */
export interface PageEnd {
  readonly recordedMs: number;
  readonly sensorId: string;
}

/** Writes a place for the reader to come back with; its form is nobody's business. */
export function writeCursor({ recordedMs, sensorId }: Sample): string {
  return Buffer.from(JSON.stringify([recordedMs, sensorId])).toString('base64url');
}

/** @throws UmaError `invalid_request` when it is not what {@link writeCursor} wrote */
export function readCursor(cursor: string): PageEnd {
  const parts = parse(Buffer.from(cursor, 'base64url').toString());
  const [recordedMs, sensorId, ...others] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (isSensorId(sensorId) && Number.isSafeInteger(recordedMs) && others.length === 0) {
    return { recordedMs: Number(recordedMs), sensorId };
  }
  throw new UmaError('invalid_request', 'The cursor is none that this server gave out.');
}

/** What is coded here reaches the database, past the checks that other text goes through. */
function isSensorId(text: unknown): text is string {
  return typeof text === 'string' && /^[\w-]{1,100}$/.test(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
