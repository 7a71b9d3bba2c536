import { once } from 'node:events';
import { createServer } from 'node:net';

import { errorCode } from '../common/error-code.js';

/** Where `localhost` may lead. */
const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * Makes sure that nobody listens on these ports of this machine.
 *
 * @throws Error that names every port in use, in a sentence for the operator
 */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  const inUse: number[] = [];
  for (const port of ports) if (await isInUse(port)) inUse.push(port);
  const [first, ...others] = inUse;
  if (first === undefined) return;
  const which = others.length === 0 ? `Port ${first} is` : `Ports ${inUse.join(', ')} are`;
  throw new Error(`${which} in use: stop what listens there, or choose other ports with --port-base N.`);
}

async function isInUse(port: number): Promise<boolean> {
  for (const host of LOOPBACK) {
    const server = createServer();
    try {
      server.listen({ port, host, exclusive: true });
      await once(server, 'listening');
    } catch (error) {
      // A machine may have no IPv6.
      if (errorCode(error) === 'EADDRINUSE') return true;
    } finally {
      server.close();
    }
  }
  return false;
}
