import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Lane } from './lane.js';
import type { Operation } from './operation.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('a connection of the load generator', () => {
  let server: Server;
  let handle: Handler;
  let origin: string;
  const seen: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen.length = 0;
    handle = (_request, response) => response.end(JSON.stringify({ ticket: `t${seen.length}` }));
  });

  const steps: Operation['steps'] = [
    { method: 'POST', path: '/permission', status: 200, keep: ['ticket'] },
    { method: 'POST', path: '/token', headers: { authorization: 'Bearer {ticket}' }, status: 200 },
  ];
  /** Does the operation once: time is over before it has begun. */
  const once = (lane: Lane) => lane.run(0);

  it('does the steps one after the other, each with what the one before gave', async () => {
    const done = await once(new Lane({ origin, steps, rows: [{}] }));
    expect(done).toMatchObject({ failures: 0, failure: undefined, latenciesMs: [expect.any(Number)] });
    expect(seen).toEqual(['POST /permission ', 'POST /token Bearer t1']);
  });

  it('takes its rows in turns, and remembers with each what was kept for it', async () => {
    const [step] = steps;
    if (step === undefined) throw new Error('There is no step.');
    const lane = new Lane({ origin, steps: [{ ...step, path: '/{name}/{ticket}' }], rows: ['a', 'b'].map(row) });
    for (let time = 0; time < 4; time += 1) await once(lane);
    expect(seen).toEqual(['POST /a/none ', 'POST /b/none ', 'POST /a/t1 ', 'POST /b/t2 ']);
  });

  it('counts what fails, and says what, without what an answer may hold beside its code', async () => {
    handle = (_request, response) => {
      response.statusCode = 400;
      response.end(JSON.stringify({ error: 'invalid_grant', ticket: 'secret' }));
    };
    const done = await once(new Lane({ origin, steps, rows: [{}] }));
    expect(done).toEqual({ latenciesMs: [], failures: 1, failure: 'POST /permission answered 400 (invalid_grant)' });
  });

  it('takes an answer without what is expected for a failure', async () => {
    const done = await once(
      new Lane({ origin, steps: [{ method: 'GET', path: '/', status: 200, expect: '"active":true' }], rows: [{}] }),
    );
    expect(done.failure).toBe('GET / answered without "active":true');
  });

  it('takes a server that hangs up for a failure', async () => {
    handle = (request) => request.socket.destroy();
    expect(await once(new Lane({ origin, steps, rows: [{}] }))).toMatchObject({ failures: 1 });
  });
});

const row = (name: string) => ({ name, ticket: 'none' });
