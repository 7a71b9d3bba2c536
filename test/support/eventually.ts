import { setTimeout } from 'node:timers/promises';

/** Waits until a condition holds that no event tells of; the test's own time limit is the longest wait. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(20);
}
