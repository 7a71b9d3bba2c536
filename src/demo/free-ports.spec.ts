import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

import { requireFreePorts } from './free-ports.js';

describe('ports that a demo needs', () => {
  const occupants: Server[] = [];
  const occupied = async (host: string): Promise<number> => {
    const server = createServer().listen(0, host);
    occupants.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const free = async (): Promise<number> => {
    const port = await occupied('127.0.0.1');
    await new Promise((resolve) => occupants.pop()?.close(resolve));
    return port;
  };
  afterEach(() => {
    for (const occupant of occupants.splice(0)) occupant.close();
  });

  it('may be free, and are so afterwards', async () => {
    const port = await free();
    await requireFreePorts([port]);
    await expect(requireFreePorts([port])).resolves.toBeUndefined();
  });

  it('are named when one is in use, with what can be done', async () => {
    const port = await occupied('127.0.0.1');
    await expect(requireFreePorts([await free(), port])).rejects.toThrow(
      `Port ${port} is in use: stop what listens there, or choose other ports with --port-base N.`,
    );
  });

  it('are all named when several are in use', async () => {
    const ports = [await occupied('127.0.0.1'), await occupied('127.0.0.1')];
    await expect(requireFreePorts(ports)).rejects.toThrow(`Ports ${ports.join(', ')} are in use`);
  });

  it('are in use as well when only a server on every address of the machine listens there', async () => {
    const port = await occupied('0.0.0.0');
    await expect(requireFreePorts([port])).rejects.toThrow(`Port ${port} is in use`);
  });
});
