import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Dispatcher, getGlobalDispatcher, request, setGlobalDispatcher } from 'undici';

import { installOutbound } from './outbound.js';

const LONGEST_PATIENCE_MS = 20_000;
const OVER_A_MINUTE_MS = 62_000;

describe('requests that are answered late', () => {
  let server: Server;
  let waiting: ServerResponse | undefined;
  let before: Dispatcher;

  beforeAll(async () => {
    // Before the first request: undici goes on with the timer that it has.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    server = createServer((_incoming, response) => {
      waiting = response;
      server.emit('waiting');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    before = getGlobalDispatcher();
    installOutbound({ noProxy: [] });
  });

  afterAll(async () => {
    await getGlobalDispatcher().destroy();
    setGlobalDispatcher(before);
    server.closeAllConnections();
    server.close();
    jest.useRealTimers();
  });

  /** Sends a request, and comes back when the server has it. @returns how it ended, whatever it was */
  const ask = async (): Promise<{ readonly ended: Promise<unknown> }> => {
    const arrived = once(server, 'waiting');
    const { port } = server.address() as AddressInfo;
    const ended = request(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
    await arrived;
    return { ended };
  };

  it('wait as long as any caller of ours does', async () => {
    const { ended } = await ask();
    jest.advanceTimersByTime(LONGEST_PATIENCE_MS);
    waiting?.end('late');
    expect(await ended).toMatchObject({ statusCode: 200 });
  });

  it('end in spite of a caller that set no limit of its own', async () => {
    const { ended } = await ask();
    jest.advanceTimersByTime(OVER_A_MINUTE_MS);
    expect(await ended).toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
  });
});
