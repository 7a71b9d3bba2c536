import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of loopback that nobody listens on, for a process that has to know its address before it starts. */
export async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
