import { setTimeout } from 'node:timers/promises';

const PAUSE_MS = 20;
const PATIENCE_MS = 60_000;

/**
 * Does something with a SQLite file that another connection may hold: as long as the file is busy it pauses and tries
 * again, and other work of this process goes on meanwhile (SQLite's own busy timeout would stop it all).
 *
 * @param patienceMs for how long to try again, in milliseconds
 * @throws whatever `attempt` throws, once patience is out or when the cause is another than a busy file
 */
export async function whenFree<Result>(
  attempt: () => Result | Promise<Result>,
  patienceMs = PATIENCE_MS,
): Promise<Result> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await setTimeout(PAUSE_MS);
  }
}

/** Tells whether SQLite refused because another connection holds the file. */
export function isBusy(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
