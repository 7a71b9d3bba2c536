import { type Html, html } from '../../common/html.js';
import { isInForce, type Share } from '../policy/share.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a day is, in milliseconds. */
export const DAY_MS = 24 * HOUR_MS;

/** When something happened, seen from now: the exact time comes with it. */
export function ago(instantMs: number, nowMs: number): Html {
  const exact = new Date(instantMs).toISOString();
  return html`<time datetime="${exact}" title="${instant(instantMs)}">${distance(nowMs - instantMs)}</time>`;
}

/** How long a share lasts. */
export function durationOf({ startsMs, expiresMs }: Pick<Share, 'startsMs' | 'expiresMs'>, nowMs: number): string {
  if (expiresMs !== undefined && expiresMs <= nowMs) return `ended on ${instant(expiresMs)}`;
  const from = startsMs === undefined || isInForce({ startsMs, expiresMs }, nowMs) ? '' : `from ${instant(startsMs)} `;
  return `${from}until ${expiresMs === undefined ? 'you stop it' : end(expiresMs)}`;
}

function distance(ms: number): string {
  if (ms < MINUTE_MS) return 'just now';
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`;
  const days = Math.floor(ms / DAY_MS);
  return days === 1 ? 'a day ago' : `${days} days ago`;
}

/** Midnight is the end of the day that people named. */
function end(instantMs: number): string {
  return instantMs % DAY_MS === 0 ? `the end of ${day(instantMs - 1)}, UTC` : instant(instantMs);
}

/** The reader's own zone is unknown here, so the zone is said. */
function instant(instantMs: number): string {
  return `${day(instantMs)}, ${new Date(instantMs).toISOString().slice(11, 16)} UTC`;
}

function day(instantMs: number): string {
  const parts = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(instantMs).toLocaleDateString('en-GB', parts);
}
