import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';

import { Server, type Socket } from 'socket.io';

import { freePort } from '../../test/support/free-port.js';
import { Secret } from '../common/secret.js';
import type { RecordedSample } from './recordings/recorded-sample.js';
import { FakeScheduler } from './scheduler.fake.js';
import { ACKNOWLEDGEMENT_PATIENCE_MS, LAST_RETRY_MS, Sensor } from './sensor.js';

const T0 = Date.parse('2026-03-01T12:00:00Z');
const CREDENTIAL = 'the-credential-of-the-chest-strap';
const samples = (count: number, from = 0): RecordedSample[] =>
  Array.from({ length: count }, (_, index) => ({
    recordedAtMs: T0 + (from + index) * 1000,
    heartRate: 70 + (index % 50),
  }));

interface Measurement {
  readonly heartRate: number;
  readonly timestamp: string;
}

/** A gateway in this process that stores in memory, as the real one does on disk: one value for an instant. */
class Gateway {
  readonly messages: (Measurement | readonly Measurement[])[] = [];
  readonly stored = new Map<string, number>();
  readonly handshakes: Socket['handshake'][] = [];
  readonly refusals: string[] = [];
  answer: (ordinary: object, socket: Socket) => unknown = (ordinary) => ordinary;
  readonly io: Server;

  constructor(
    readonly http: HttpServer,
    readonly port: number,
  ) {
    this.io = new Server(http);
    this.io.use((socket, next) => {
      this.handshakes.push(socket.handshake);
      const refusal = this.refusals.shift();
      next(refusal === undefined ? undefined : new Error(refusal));
    });
    this.io.on('connection', (socket) => {
      socket.on('measurement', (message: Measurement | readonly Measurement[], reply: (answer: unknown) => void) => {
        this.messages.push(message);
        const answer = this.answer(this.store([message].flat()), socket);
        if (answer !== undefined) reply(answer);
      });
    });
  }

  static async start(port?: number): Promise<Gateway> {
    const gateway = new Gateway(createServer(), port ?? (await freePort()));
    await once(gateway.http.listen(gateway.port, '127.0.0.1'), 'listening');
    return gateway;
  }

  store(measurements: readonly Measurement[]): object {
    const fresh = measurements.filter(({ timestamp }) => !this.stored.has(timestamp));
    for (const { timestamp, heartRate } of fresh) this.stored.set(timestamp, heartRate);
    return { stored: fresh.length, duplicate: measurements.length - fresh.length, refused: 0 };
  }
}

let gateway: Gateway;
let scheduler: FakeScheduler;
let sensors: Sensor[];
let happened: string[];
let connected: () => Promise<void>;

function sensorFor(port: number): Sensor {
  let onConnected: () => void = () => undefined;
  connected = () =>
    new Promise((resolve) => {
      onConnected = resolve;
    });
  const sensor = new Sensor({
    url: `http://127.0.0.1:${port}`,
    credential: new Secret(CREDENTIAL),
    scheduler,
    onConnected: () => {
      happened.push('connected');
      onConnected();
    },
    onDisconnected: (reason) => happened.push(`disconnected: ${reason}`),
  });
  sensors.push(sensor);
  return sensor;
}

beforeEach(async () => {
  gateway = await Gateway.start();
  scheduler = new FakeScheduler();
  sensors = [];
  happened = [];
});
afterEach(async () => {
  for (const sensor of sensors) sensor.close();
  await gateway.io.close();
});

describe('a sensor that is let in', () => {
  it('shows its credential in the handshake, over a websocket', async () => {
    sensorFor(gateway.port);
    await connected();
    expect(gateway.handshakes.map(({ auth, query }) => [auth, query['transport']])).toEqual([
      [{ token: CREDENTIAL }, 'websocket'],
    ]);
  });

  it('sends one measurement as an object with its time in RFC 3339', async () => {
    const sensor = sensorFor(gateway.port);
    sensor.record(samples(1));
    await expect(sensor.acknowledged()).resolves.toMatchObject({ stored: 1, duplicate: 0, refused: 0 });
    expect(gateway.messages).toEqual([{ heartRate: 70, timestamp: '2026-03-01T12:00:00.000Z' }]);
  });

  it('sends many in messages of at most 1,000, each once the one before is acknowledged, and sums what became of them', async () => {
    const unanswered: number[] = [];
    gateway.answer = (ordinary) => {
      unanswered.push(gateway.messages.length - unanswered.length - 1);
      return ordinary;
    };
    const sensor = sensorFor(gateway.port);
    sensor.record(samples(2500));
    await expect(sensor.acknowledged()).resolves.toMatchObject({ stored: 2500, duplicate: 0, refused: 0 });
    expect(gateway.messages.map((message) => [message].flat().length)).toEqual([1000, 1000, 500]);
    expect(unanswered).toEqual([0, 0, 0]);
    expect(gateway.stored.size).toBe(2500);
  });

  it('sends together what was recorded while it waited', async () => {
    const sensor = sensorFor(gateway.port);
    for (const sample of samples(5)) sensor.record([sample]);
    await sensor.acknowledged();
    expect(gateway.messages.map((message) => [message].flat().length)).toEqual([5]);
  });

  it('counts what was duplicate and refused, and how often for which reason', async () => {
    const sensor = sensorFor(gateway.port);
    gateway.answer = () => ({
      stored: 1,
      duplicate: 1,
      refused: 2,
      refusals: [
        { index: 0, reason: 'value_out_of_range' },
        { index: 2, reason: 'value_out_of_range' },
      ],
    });
    sensor.record(samples(4));
    await sensor.acknowledged();
    sensor.record(samples(4, 4));
    await expect(sensor.acknowledged()).resolves.toEqual({
      stored: 2,
      duplicate: 2,
      refused: 4,
      reasons: new Map([['value_out_of_range', 4]]),
    });
  });

  it('has nothing to wait for when nothing was recorded', async () => {
    await expect(sensorFor(gateway.port).acknowledged()).resolves.toEqual({
      stored: 0,
      duplicate: 0,
      refused: 0,
      reasons: new Map(),
    });
  });

  it.each(['slow_down', 'temporarily_unavailable', 'server_error'])(
    'sends a message again, a little later, after the answer %s',
    async (error) => {
      const sensor = sensorFor(gateway.port);
      gateway.answer = (ordinary) =>
        gateway.messages.length === 1 ? { error, error_description: 'Nothing was stored.' } : ordinary;
      sensor.record(samples(3));
      const acknowledged = sensor.acknowledged();
      expect(await scheduler.elapse(LAST_RETRY_MS)).toBe(250);
      // The fake gateway stored them the first time all the same.
      await expect(acknowledged).resolves.toMatchObject({ stored: 0, duplicate: 3, refused: 0 });
      expect(gateway.messages[1]).toEqual(gateway.messages[0]);
    },
  );
});

describe('a sensor whose connection breaks', () => {
  it('sends again what was not acknowledged: nothing is lost, and nothing stored twice', async () => {
    const sensor = sensorFor(gateway.port);
    gateway.answer = (ordinary, socket) => {
      if (gateway.messages.length !== 2) return ordinary;
      socket.conn.close();
      return undefined;
    };
    sensor.record(samples(2500));
    const acknowledged = sensor.acknowledged();
    expect(await scheduler.elapse(LAST_RETRY_MS)).toBe(250);
    await expect(acknowledged).resolves.toMatchObject({ stored: 1500, duplicate: 1000, refused: 0 });
    expect(gateway.stored.size).toBe(2500);
    expect(gateway.messages[2]).toEqual(gateway.messages[1]);
    expect(happened).toEqual(['connected', 'disconnected: transport close', 'connected']);
  });

  it('comes back after the server sent it away', async () => {
    const sensor = sensorFor(gateway.port);
    await connected();
    gateway.io.disconnectSockets(true);
    const again = connected();
    await scheduler.elapse(LAST_RETRY_MS);
    await again;
    sensor.record(samples(1));
    await expect(sensor.acknowledged()).resolves.toMatchObject({ stored: 1 });
  });

  it('gives the connection up when no answer comes in time, and sends again', async () => {
    const sensor = sensorFor(gateway.port);
    const arrived = new Promise<void>((resolve) => {
      gateway.answer = (ordinary) => {
        if (gateway.messages.length > 1) return ordinary;
        resolve();
        return undefined;
      };
    });
    sensor.record(samples(2));
    const acknowledged = sensor.acknowledged();
    await arrived;
    expect(await scheduler.elapse()).toBe(ACKNOWLEDGEMENT_PATIENCE_MS);
    await scheduler.elapse(LAST_RETRY_MS);
    await expect(acknowledged).resolves.toMatchObject({ stored: 0, duplicate: 2 });
    expect(gateway.messages).toHaveLength(2);
  });

  it('tries again and again, ever less often, until the server is there', async () => {
    const { port } = gateway;
    await gateway.io.close();
    const sensor = sensorFor(port);
    sensor.record(samples(1));
    const delays: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) delays.push(await scheduler.elapse(LAST_RETRY_MS));
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    gateway = await Gateway.start(port);
    await scheduler.elapse(LAST_RETRY_MS);
    await expect(sensor.acknowledged()).resolves.toMatchObject({ stored: 1 });
    expect(new Set(happened)).toEqual(new Set(['disconnected: websocket error', 'connected']));
  });

  it('tries again when the server could not judge its credential', async () => {
    gateway.refusals.push('unavailable');
    const sensor = sensorFor(gateway.port);
    sensor.record(samples(1));
    await scheduler.elapse(LAST_RETRY_MS);
    await expect(sensor.acknowledged()).resolves.toMatchObject({ stored: 1 });
    expect(happened).toEqual(['disconnected: unavailable', 'connected']);
  });
});

describe('a sensor that is refused', () => {
  const unauthorized = { name: 'SensorError', code: 'unauthorized' };

  it('says so, does not try again, and takes nothing more in', async () => {
    gateway.refusals.push('unauthorized');
    const sensor = sensorFor(gateway.port);
    sensor.record(samples(1));
    await expect(sensor.acknowledged()).rejects.toMatchObject(unauthorized);
    expect(() => {
      sensor.record(samples(1));
    }).toThrow(
      `The resource server at http://127.0.0.1:${gateway.port} does not accept the credential of this sensor.`,
    );
    await expect(sensor.acknowledged()).rejects.toMatchObject(unauthorized);
    expect(scheduler.delaysMs).toEqual([]);
    expect(happened).toEqual([]);
  });

  it('says so as well when its credential is withdrawn later', async () => {
    const sensor = sensorFor(gateway.port);
    await connected();
    gateway.refusals.push('unauthorized');
    sensor.record(samples(1));
    await sensor.acknowledged();
    gateway.io.disconnectSockets(true);
    await scheduler.elapse(LAST_RETRY_MS);
    gateway.answer = () => undefined;
    sensor.record(samples(1, 1));
    await expect(sensor.acknowledged()).rejects.toMatchObject(unauthorized);
  });

  it('never tells its credential', async () => {
    gateway.refusals.push('unauthorized');
    const sensor = sensorFor(gateway.port);
    sensor.record(samples(1));
    await expect(sensor.acknowledged()).rejects.toThrow(expect.not.stringContaining(CREDENTIAL) as string);
  });

  it('gives up when the server refuses a message for good', async () => {
    const sensor = sensorFor(gateway.port);
    gateway.answer = () => ({ error: 'invalid_token', error_description: 'This sensor may not send any more.' });
    sensor.record(samples(2));
    await expect(sensor.acknowledged()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('(invalid_token: This sensor may not send any more.)') as string,
    });
    expect(scheduler.delaysMs).toEqual([]);
  });

  it('gives up when an answer does not account for what it sent', async () => {
    const sensor = sensorFor(gateway.port);
    gateway.answer = () => ({ stored: 1, duplicate: 0, refused: 0 });
    sensor.record(samples(2));
    await expect(sensor.acknowledged()).rejects.toMatchObject({ code: 'unintelligible' });
  });
});

describe('a sensor that is closed', () => {
  it('leaves the server, rejects who waits and takes nothing more in', async () => {
    const sensor = sensorFor(gateway.port);
    await connected();
    gateway.answer = () => undefined;
    sensor.record(samples(1));
    const acknowledged = sensor.acknowledged();
    const left = new Promise((resolve) => {
      for (const socket of gateway.io.sockets.sockets.values()) socket.on('disconnect', resolve);
    });
    sensor.close();
    sensor.close();
    await expect(acknowledged).rejects.toMatchObject({ code: 'closed' });
    expect(() => {
      sensor.record(samples(1));
    }).toThrow('this sensor was closed');
    await expect(left).resolves.toBe('client namespace disconnect');
    expect(scheduler.delaysMs).toEqual([]);
    expect(happened).toEqual(['connected']);
  });
});
