import type { INestApplicationContext } from '@nestjs/common';
import { Logger } from '@nestjs/common';

import { EXIT, type ProcessHost } from './process-host.js';

/** How long requests under way and the rooms' own endings may take, in milliseconds. */
export const SHUTDOWN_MS = 10_000;
/** How long the same signal counts as the same press of Ctrl-C: npm passes on what the terminal has sent already. */
export const ONE_PRESS_MS = 500;

/**
 * Ends the process cleanly on SIGTERM, on SIGINT, and when the process that started it is gone: new requests are turned
 * away, those under way are finished, the rooms end by their hooks, and the exit code is 0. It is 1 when that takes too
 * long, or when somebody insists with the same signal again.
 */
export function shutDownOnSignals(app: INestApplicationContext, host: ProcessHost): void {
  const logger = new Logger('Shutdown');
  const seenMs = new Map<string, number>();
  const end = (reason: string): void => {
    // A terminal sends SIGINT to the launcher and to us, and the launcher then sends SIGTERM: that does not insist.
    const before = seenMs.get(reason);
    if (before !== undefined && performance.now() - before > ONE_PRESS_MS) host.exit(EXIT.failed);
    seenMs.set(reason, before ?? performance.now());
    if (seenMs.size > 1 || before !== undefined) return;
    logger.log(`Shutting down (${reason}).`);
    const tooLong = setTimeout(() => host.exit(EXIT.failed), SHUTDOWN_MS);
    app.close().then(
      () => {
        clearTimeout(tooLong);
        host.exit(EXIT.ok);
      },
      (error: unknown) => {
        clearTimeout(tooLong);
        logger.error(error);
        host.exit(EXIT.failed);
      },
    );
  };
  for (const reason of ['SIGTERM', 'SIGINT', 'disconnect']) {
    host.on(reason, () => {
      end(reason);
    });
  }
}
