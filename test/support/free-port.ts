import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { requireFreePorts } from '../../src/demo/free-ports.js';

/** A port of this machine that nobody listens on; for servers that have to know their address before they start. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('No port was given.'));
      });
    });
  });
}

/** A `--port-base` for a demo world, below the ports that the system gives away by itself. */
export async function freePortBase(): Promise<number> {
  const base = randomInt(10_000, 30_000);
  try {
    await requireFreePorts([base + 30, base + 40, base + 80]);
    return base;
  } catch {
    return freePortBase();
  }
}
