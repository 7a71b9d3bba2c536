import { ShareRefusal } from './share-refusal.js';
import { isShowable } from './share-view.js';
import { DAY_MS } from './time-words.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The end of a day in UTC, in milliseconds.
 *
 * @param day as a date field sends it, or as somebody wrote it where a browser has no such field
 * @returns `undefined` when no day was given
 * @throws ShareRefusal for a day that there is not
 */
export function endOfDay(day: string | undefined): number | undefined {
  if (day === undefined || day === '') return undefined;
  const endMs = DAY.test(day) ? Date.parse(day) + DAY_MS : NaN;
  if (Number.isNaN(endMs)) throw new ShareRefusal('time', 'There is no such day.');
  if (!isShowable(endMs)) {
    throw new ShareRefusal('time', 'That is too far away: leave it empty to share until you stop it.');
  }
  return endMs;
}
