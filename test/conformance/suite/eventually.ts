import { setTimeout } from 'node:timers/promises';

const PAUSE_MS = 200;

/** Waits until a condition holds. @returns whether it did before the time was over */
export async function eventually(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (await holds()) return true;
    await setTimeout(PAUSE_MS);
  }
  return false;
}
