import { setTimeout } from 'node:timers/promises';

import { Logger } from '@nestjs/common';

import { errorCode } from '../common/error-code.js';
import { isOutOfService } from '../common/out-of-service.js';

const PAUSE_MS = 1_000;
const PATIENCE_MS = 30_000;

/** How time passes for whoever waits, in milliseconds. */
export interface Waiting {
  readonly nowMs: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

const REALLY: Waiting = {
  nowMs: () => performance.now(),
  pause: (milliseconds) => setTimeout(milliseconds),
};

/**
 * Does something with a PostgreSQL server that may not be there yet, as when both are started together: while it cannot
 * be used just now, it is tried again each second, for half a minute.
 *
 * @throws whatever `attempt` throws, once patience is out or when waiting would not help: a wrong password, no such database
 */
export async function whenThere<Result>(
  attempt: () => Promise<Result>,
  { nowMs, pause }: Waiting = REALLY,
): Promise<Result> {
  const deadlineMs = nowMs() + PATIENCE_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOutOfService(error) || nowMs() >= deadlineMs) throw error;
      if (tries === 1) tellOf(error);
    }
    await pause(PAUSE_MS);
  }
}

/** The code alone: a message could hold what the address does. */
function tellOf(error: unknown): void {
  const why = errorCode(error) ?? 'no answer';
  const howLong = `for ${PATIENCE_MS / 1_000} seconds at most`;
  new Logger('Database').warn(`PostgreSQL cannot be used yet (${why}): it is tried again each second, ${howLong}.`);
}
