/** What is waited at least where the authorization server names no interval. */
const DEFAULT_SECONDS = 5;
/** Within these bounds it is left to the authorization server: who names less overloads itself, who names more is mistaken. */
const BOUNDS_SECONDS = { least: 1, most: 60 * 60 };
/** The longest wait of our own accord: an owner may answer at any time. */
const LONGEST_SECONDS = 60;
/** Who has waited for so long has to ask again. */
const PATIENCE_MS = 24 * 60 * 60 * 1000;

/**
 * How long to wait before the owner's answer is asked for again: a tenth of the time waited so far, between the interval
 * that the authorization server wants and a minute. An interval beyond a second or an hour counts as that.
 *
 * @returns milliseconds
 * @see UMA 2.0 Grant section 3.3.6 (`request_submitted`)
 */
export function pauseMs(waitedMs: number, intervalSeconds = DEFAULT_SECONDS): number {
  const ownSeconds = Math.min(LONGEST_SECONDS, waitedMs / 10_000);
  const wantedSeconds = Math.min(BOUNDS_SECONDS.most, Math.max(BOUNDS_SECONDS.least, intervalSeconds));
  return Math.ceil(1000 * Math.max(wantedSeconds, ownSeconds));
}

/** Whether somebody has waited long enough for an owner who does not answer. */
export function isTooLong(waitedMs: number): boolean {
  return waitedMs >= PATIENCE_MS;
}
