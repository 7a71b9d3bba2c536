import type { Server } from 'node:http';

import type { INestApplication } from '@nestjs/common';
import { Logger } from '@nestjs/common';

import { EXIT, type ProcessHost } from './process-host.js';

/** How long requests under way may take, in milliseconds: the rooms still have to end after them. */
export const REQUESTS_MS = 6_000;
/** How long all of the ending may take, in milliseconds: whoever waits for the process kills it after ten seconds. */
export const SHUTDOWN_MS = 9_000;
/** How long the same signal counts as the same press of Ctrl-C: npm passes on what the terminal has sent already. */
export const ONE_PRESS_MS = 500;

/** What is ended: an application, and the server by which it is reached. */
interface Closable extends Pick<INestApplication, 'close'> {
  getHttpServer(): Server;
}

/**
 * Ends the process cleanly on SIGTERM, on SIGINT, and when the process that started it is gone: new requests are turned
 * away, those under way are finished or in the end broken off, the rooms end by their hooks, and the exit code is 0. It is
 * 1 when that takes too long, or when somebody insists with the same signal again.
 */
export function shutDownOnSignals(app: Closable, host: ProcessHost): void {
  const logger = new Logger('Shutdown');
  const seenMs = new Map<string, number>();
  const end = (reason: string): void => {
    // A terminal sends SIGINT to the launcher and to us, and the launcher then sends SIGTERM: that does not insist.
    const before = seenMs.get(reason);
    if (before !== undefined && performance.now() - before > ONE_PRESS_MS) host.exit(EXIT.failed);
    seenMs.set(reason, before ?? performance.now());
    if (seenMs.size > 1 || before !== undefined) return;
    logger.log(`Shutting down (${reason}).`);
    const limits = limitsOf(app, host, logger);
    const exit = (code: number): void => {
      for (const limit of limits) clearTimeout(limit);
      host.exit(code);
    };
    app.close().then(
      () => {
        exit(EXIT.ok);
      },
      (error: unknown) => {
        logger.error(error);
        exit(EXIT.failed);
      },
    );
  };
  for (const reason of ['SIGTERM', 'SIGINT', 'disconnect']) {
    host.on(reason, () => {
      end(reason);
    });
  }
}

/** What is done when the ending takes long: first its requests are broken off, then the process ends without it. */
function limitsOf(app: Closable, host: ProcessHost, logger: Logger): readonly NodeJS.Timeout[] {
  return [
    setTimeout(() => {
      logger.warn('Requests that are still under way are broken off.');
      app.getHttpServer().closeAllConnections();
    }, REQUESTS_MS),
    setTimeout(() => {
      logger.error('The server did not end in time.');
      host.exit(EXIT.failed);
    }, SHUTDOWN_MS),
  ];
}
