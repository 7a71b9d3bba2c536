const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next attempt, in milliseconds: twice as long each time, and not all at once.
 *
 * @param failures how many attempts in a row have failed, 1 or more
 * @param chance from 0 to 1
 */
export function backoffMs(failures: number, chance = Math.random()): number {
  const fullMs = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return Math.round((fullMs * (1 + chance)) / 2);
}
