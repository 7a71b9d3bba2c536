import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server } from 'socket.io';

import { feedDemo, type Replay } from './demo-feed.js';
import { FakeScheduler } from './scheduler.fake.js';

const SEEDED = { resource: '', chestStrap: 'the credential of the strap', recordingPlayer: 'that of the player' };
const REPLAY: Replay = {
  file: 'run.csv',
  speed: Infinity,
  originalTimes: false,
  samples: [70, 71, 0].map((heartRate, second) => ({ heartRate, recordedAtMs: second * 1000 })),
};

type Measurement = Readonly<{ heartRate: number }>;

describe('what feeds the demo’s heart', () => {
  let http: HttpServer;
  let gateway: Server;
  let known: string[];
  let received: Measurement[];
  let onReceived: () => void;
  let said: string[];
  let ending: AbortController;
  let scheduler: FakeScheduler;

  const feed = (replay?: Replay): Promise<void> =>
    feedDemo({ resourceServer: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, seeded: SEEDED }, replay, {
      scheduler,
      signal: ending.signal,
      say: (line) => said.push(line),
    });

  beforeEach(async () => {
    [known, received, said] = [Object.values(SEEDED), [], []];
    onReceived = () => undefined;
    ending = new AbortController();
    scheduler = new FakeScheduler();
    http = createServer();
    gateway = new Server(http);
    gateway.use((socket, next) => {
      next(known.includes(String(socket.handshake.auth['token'])) ? undefined : new Error('unauthorized'));
    });
    gateway.on('connection', (socket) => {
      socket.on('measurement', (message: Measurement | readonly Measurement[], reply: (answer: unknown) => void) => {
        const measurements = [message].flat();
        received.push(...measurements);
        const refusals = measurements.flatMap(({ heartRate }, index) =>
          heartRate < 20 ? [{ index, reason: 'value_out_of_range' }] : [],
        );
        reply({ stored: measurements.length - refusals.length, duplicate: 0, refused: refusals.length, refusals });
        onReceived();
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => gateway.close());

  it('is a simulated heart that beats until the demo ends', async () => {
    const arrived = new Promise<void>((resolve) => {
      onReceived = resolve;
    });
    const feeding = feed();
    await scheduler.elapse(1000);
    await arrived;
    ending.abort();
    await feeding;
    expect(received[0]?.heartRate).toBeGreaterThanOrEqual(40);
    expect(said).toEqual([]);
  });

  it('is a recording, whose counts are told at its end with the reasons of what was refused', async () => {
    await feed(REPLAY);
    expect(received.map(({ heartRate }) => heartRate)).toEqual([70, 71, 0]);
    expect(said).toEqual([
      'Replaying 3 heart rates of run.csv, as fast as they are stored.',
      'Replayed: 2 stored, 0 duplicate, 1 refused.',
      '  1 refused: value_out_of_range',
    ]);
  });

  it('is a recording at its own pace, whose end is told at the start', async () => {
    const feeding = feed({ ...REPLAY, speed: 1 });
    const endsAt = new Date(scheduler.nowMs() + 2000).toLocaleTimeString('en-GB');
    expect(said).toEqual([`Replaying 3 heart rates of run.csv, until ${endsAt}.`]);
    ending.abort();
    await feeding;
  });

  it('may be disconnected by its owner: that is told, and no failure', async () => {
    known = [];
    await feed(REPLAY);
    expect(said.slice(1)).toEqual([
      expect.stringContaining('does not accept the credential of this sensor') as string,
      'Its owner has disconnected it: --reset makes a new demo world.',
    ]);
  });

  it('may have its measurements refused as a whole: that is told too', async () => {
    gateway.removeAllListeners('connection');
    gateway.on('connection', (socket) => {
      socket.on('measurement', (_message, reply: (answer: unknown) => void) => {
        reply({ error: 'invalid_request', error_description: 'not like this' });
      });
    });
    await feed(REPLAY);
    expect(said.slice(1)).toEqual([expect.stringContaining('invalid_request: not like this') as string]);
  });

  it('does not hide an error of its own', async () => {
    await expect(feed({ ...REPLAY, speed: 0 })).rejects.toThrow(RangeError);
  });
});
