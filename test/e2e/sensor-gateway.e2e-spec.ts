import { request } from 'undici';

import { FixedClock } from '../../src/common/clock.fake.js';
import { Clock } from '../../src/common/clock.js';
import { Database } from '../../src/database/database.js';
import { type MeasurementTables, measurementMigrations } from '../../src/database/resource-server/measurements.js';
import { Measurements } from '../../src/measurements/measurements.js';
import { SampleStore } from '../../src/measurements/sample-store.js';
import { FakeSampleStore } from '../../src/measurements/sample-store.fake.js';
import { SENSOR_CREDIT } from '../../src/measurements/sensor-credits.js';
import { Sensors } from '../../src/measurements/sensors.js';
import { SocketServer } from '../../src/measurements/socket-server.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import type { FakeSensor } from '../support/fake-sensor.js';
import { RawSensor } from '../support/raw-sensor.js';
import { SensorApplication } from '../support/sensor-application.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const OPTIONS = { sensorTimeZone: 'Europe/Berlin', commitIntervalMs: 1, basePath: '/rs' };
const START = NOW - 24 * 3_600_000;

const measurement = (second: number, heartRate = 72): object => ({
  heartRate,
  timestamp: new Date(START + second * 1000).toISOString(),
});

function stopReading({ socket }: FakeSensor): void {
  const transport = socket.io.engine.transport as unknown as { readonly ws: { pause(): void } };
  transport.ws.pause();
}

describeOnEachDatabase('the sensor gateway', (open) => {
  let server: SensorApplication;

  const start = async (store?: SampleStore): Promise<void> => {
    const database = await open<MeasurementTables>(measurementMigrations);
    server = await SensorApplication.start(database, { ...OPTIONS, clock: new FixedClock(NOW), store });
  };
  const connect = (...args: Parameters<SensorApplication['connect']>) => server.connect(...args);

  afterEach(() => server.stop());

  it.each([
    { how: 'in the handshake', given: (token: string) => ({ auth: { token } }) },
    { how: 'as Bearer token', given: (token: string) => ({ extraHeaders: { authorization: `Bearer ${token}` } }) },
    {
      how: 'in both places',
      given: (token: string) => ({ auth: { token }, extraHeaders: { authorization: `Bearer ${token}` } }),
    },
    { how: 'by long polling', given: (token: string) => ({ auth: { token }, transports: ['polling'] }) },
    { how: 'below the base path', given: (token: string) => ({ auth: { token }, path: '/rs/socket.io' }) },
    {
      how: 'below the base path by long polling',
      given: (token: string) => ({ auth: { token }, path: '/rs/socket.io', transports: ['polling'] }),
    },
  ])('admits a sensor that shows its credential $how', async ({ given }) => {
    await start();
    const sensor = await connect(undefined, given(server.credential));
    expect(await sensor.send(measurement(0))).toEqual({ stored: 1, duplicate: 0, refused: 0 });
  });

  it.each([
    { who: 'nobody', given: {} },
    { who: 'somebody with a wrong credential', given: { auth: { token: 'wrong' } } },
    { who: 'somebody with a credential that is no text', given: { auth: { token: { $ne: '' } } } },
    { who: 'somebody with Basic credentials', given: { extraHeaders: { authorization: 'Basic YTpi' } } },
  ])('turns $who away at the door', async ({ given }) => {
    await start();
    await expect(connect(undefined, given)).rejects.toThrow('unauthorized');
  });

  it.each([
    {
      how: 'a credential and another one in the header',
      given: (token: string) => ({ auth: { token }, extraHeaders: { authorization: 'Bearer another' } }),
    },
    {
      how: 'another credential than the one in the header',
      given: (token: string) => ({ auth: { token: 'another' }, extraHeaders: { authorization: `Bearer ${token}` } }),
    },
    {
      how: 'no text beside the credential in the header',
      given: (token: string) => ({ auth: { token: 1 }, extraHeaders: { authorization: `Bearer ${token}` } }),
    },
    {
      how: 'a credential and a header that cannot be read',
      given: (token: string) => ({ auth: { token }, extraHeaders: { authorization: 'Bearer a b' } }),
    },
    { how: 'its credential in the query of the address', given: (token: string) => ({ query: { token } }) },
    {
      how: 'its credential in the query of the address too',
      given: (token: string) => ({ auth: { token }, query: { token } }),
    },
    {
      how: 'its credential in the query of the address, by long polling',
      given: (token: string) => ({ query: { token }, transports: ['polling'] }),
    },
  ])('turns a sensor away that shows $how', async ({ given }) => {
    await start();
    await expect(connect(undefined, given(server.credential))).rejects.toThrow('unauthorized');
  });

  it('says what became of each item of a batch, and keeps the good ones', async () => {
    await start();
    const sensor = await connect(server.credential);
    const answer = await sensor.send([
      measurement(0, 70),
      measurement(1, 0),
      measurement(0, 90),
      { measure: '71', time: 'Sun Mar  1 12:00:05 2026' },
      { heartRate: 72, timestamp: '2026-03-01T12:00:00' },
      { heartRate: 72, timestamp: '2026-03-01T12:05:01Z' },
      { ...measurement(2), unit: 'Hz' },
      'nonsense',
    ]);
    expect(answer).toEqual({
      stored: 2,
      duplicate: 1,
      refused: 5,
      refusals: [
        { index: 1, reason: 'value_out_of_range' },
        { index: 4, reason: 'time_without_zone' },
        { index: 5, reason: 'time_ahead' },
        { index: 6, reason: 'unknown_unit' },
        { index: 7, reason: 'malformed' },
      ],
    });
    const { samples } = await server.app.get(Measurements).range('alice', {});
    expect(samples.map(({ heartRate, recordedMs }) => [heartRate, recordedMs])).toEqual([
      [70, START],
      [71, NOW - 3_600_000 + 5_000],
    ]);
  });

  it('takes ten Bluetooth values as bytes in one message, and gives up a connection over more, as socket.io does', async () => {
    await start();
    const inBytes = (count: number) =>
      Array.from({ length: count }, (_nothing, index) => ({
        characteristic: Uint8Array.of(0, 72),
        timestamp: new Date(NOW - 1_000 * index).toISOString(),
      }));
    const sensor = await connect(server.credential);
    expect(await sensor.send(inBytes(10))).toEqual({ stored: 10, duplicate: 0, refused: 0 });
    sensor.socket.emit('measurement', inBytes(11));
    await sensor.closed();
  });

  it('stores a batch that is sent twice once', async () => {
    await start();
    const batch = Array.from({ length: 1_000 }, (_nothing, second) => measurement(second));
    const sensor = await connect(server.credential);
    expect(await sensor.send(batch)).toEqual({ stored: 1_000, duplicate: 0, refused: 0 });
    expect(await sensor.send(batch)).toEqual({ stored: 0, duplicate: 1_000, refused: 0 });
  });

  it('keeps the order of messages that do not wait for each other', async () => {
    await start();
    const sensor = await connect(server.credential);
    const answers = await Promise.all([70, 80, 90].map((heartRate) => sensor.send(measurement(0, heartRate))));
    expect(answers).toMatchObject([{ stored: 1 }, { duplicate: 1 }, { duplicate: 1 }]);
    expect(await server.app.get(Measurements).latest('alice')).toMatchObject({
      heartRate: 70,
      sensorId: server.sensorId,
    });
  });

  it('stores what comes from a sender that waits for no answer', async () => {
    await start();
    const sensor = await connect(server.credential);
    sensor.socket.emit('measurement', measurement(0, 70));
    expect(await sensor.send(measurement(0, 80))).toMatchObject({ duplicate: 1 });
  });

  it('tells a sender that waits for no answer what was not stored', async () => {
    await start();
    const sensor = await connect(server.credential);
    const refused = sensor.next('refused');
    sensor.socket.emit('measurement', measurement(0, 10));
    expect(await refused).toEqual([
      { stored: 0, duplicate: 0, refused: 1, refusals: [{ index: 0, reason: 'value_out_of_range' }] },
    ]);
  });

  it.each([
    { what: 'text', message: ['nonsense'] },
    { what: 'nothing', message: [] },
    { what: 'null', message: [null] },
    { what: 'bytes', message: [Buffer.from('{}')] },
    { what: 'two at once', message: [measurement(0), measurement(1)] },
  ])('refuses a message that is $what', async ({ message }) => {
    await start();
    const sensor = await connect(server.credential);
    expect(await sensor.send(...message)).toMatchObject({
      error: 'invalid_request',
      error_description: expect.any(String) as string,
    });
  });

  it('refuses a message of more than a thousand items, and stores none of them', async () => {
    await start();
    const sensor = await connect(server.credential);
    const answer = await sensor.send(Array.from({ length: 1_001 }, (_nothing, second) => measurement(second)));
    expect(answer).toMatchObject({ error: 'payload_too_large' });
    expect((await server.app.get(Measurements).range('alice', {})).samples).toEqual([]);
  });

  it('says slow_down to a socket that floods, and still answers for what it took', async () => {
    const store = new FakeSampleStore();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    await start(store);
    const sensor = await connect(server.credential);
    const batch = (from: number): object[] =>
      Array.from({ length: 1_000 }, (_nothing, second) => measurement(from + second));
    const taken = Array.from({ length: SENSOR_CREDIT / 1_000 }, (_nothing, index) => sensor.send(batch(index * 1_000)));
    expect(await sensor.send(measurement(0))).toMatchObject({ error: 'slow_down' });
    open();
    expect(await Promise.all(taken)).toEqual(taken.map(() => ({ stored: 1_000, duplicate: 0, refused: 0 })));
    expect(await sensor.send(measurement(0))).toMatchObject({ duplicate: 1 });
  });

  it('counts what a sensor sends over all its sockets, and that of no other', async () => {
    const store = new FakeSampleStore();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    await start(store);
    const other = await server.sensors.create('bob', 'Watch');
    const [one, two, third] = await Promise.all([
      connect(server.credential),
      connect(server.credential),
      connect(other.credential.reveal()),
    ]);
    const taken = Array.from({ length: SENSOR_CREDIT / 1_000 }, () => one.send(Array(1_000).fill(measurement(0))));
    // Nonsense is answered at once: then what came before it has been taken.
    await one.send('nonsense');
    expect(await two.send(measurement(1))).toMatchObject({ error: 'slow_down' });
    const accepted = third.send(measurement(2));
    await third.send('nonsense');
    open();
    expect(await accepted).toMatchObject({ stored: 1 });
    await Promise.all(taken);
    expect(await two.send(measurement(1))).toMatchObject({ stored: 1 });
  });

  it('counts what a sensor posts with that', async () => {
    const store = new FakeSampleStore();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    await start(store);
    const sensor = await connect(server.credential);
    const post = async (): Promise<unknown> => {
      const headers = { authorization: `Bearer ${server.credential}`, 'content-type': 'application/json' };
      const body = JSON.stringify([measurement(1)]);
      const answer = await request(`${server.url}/measurements`, { method: 'POST', headers, body });
      return { status: answer.statusCode, ...((await answer.body.json()) as object) };
    };
    const batch = Array<object>(1_000).fill(measurement(0));
    const taken = Array.from({ length: SENSOR_CREDIT / 1_000 }, () => sensor.send(batch));
    await sensor.send('nonsense');
    expect(await post()).toMatchObject({ status: 429, error: 'slow_down' });
    open();
    await Promise.all(taken);
    expect(await post()).toMatchObject({ status: 200, stored: 1 });
    expect(await post()).toMatchObject({ status: 200, duplicate: 1 });
  });

  it('gives a sensor its credit back when its socket is gone', async () => {
    const store = new FakeSampleStore();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    await start(store);
    const sensor = await connect(server.credential);
    const batch = Array.from({ length: 1_000 }, (_nothing, second) => measurement(second));
    for (let sent = 0; sent < SENSOR_CREDIT; sent += 1_000) sensor.socket.emit('measurement', batch, () => undefined);
    await sensor.send('nonsense');
    sensor.leave();
    const { sockets } = server.app.get(SocketServer).io.sockets;
    await eventually(() => sockets.size === 0);
    open();
    const again = await connect(server.credential);
    const answers = await Promise.all(Array.from({ length: SENSOR_CREDIT / 1_000 }, () => again.send(batch)));
    expect(answers).toHaveLength(4);
    expect(answers.filter((answer) => Object.hasOwn(answer as object, 'error'))).toEqual([]);
  });

  it('gives up a sensor that takes no answers, instead of keeping them for it', async () => {
    await start();
    // Who is held back for sending too much, and answers no heartbeat either, is given up by that.
    Object.assign(server.app.get(SocketServer).io.engine.opts, { pingInterval: 500, pingTimeout: 500 });
    const sensor = await connect(server.credential);
    stopReading(sensor);
    const { sockets } = server.app.get(SocketServer).io.sockets;
    const nonsense = Array.from({ length: 1_000 }, () => 0);
    await eventually(() => {
      for (let index = 0; index < 100; index++) sensor.socket.emit('measurement', nonsense);
      return sockets.size === 0;
    });
    expect(await (await connect(server.credential)).send(measurement(0))).toMatchObject({ stored: 1 });
  });

  it('takes more from a sensor by and by than its credit, as answers leave', async () => {
    await start();
    const sensor = await connect(server.credential);
    const nonsense = Array.from({ length: 1_000 }, () => 0);
    for (let sent = 0; sent <= 2 * SENSOR_CREDIT; sent += 1_000) {
      expect(await sensor.send(nonsense)).toMatchObject({ refused: 1_000 });
      sensor.socket.emit('measurement', [measurement(sent)]);
    }
    expect(await sensor.send(measurement(1))).toMatchObject({ stored: 1 });
  });

  it.each([{ battery: 80 }, { contact: false }, { battery: 0, contact: true }, { battery: 100, contact: true }])(
    'notes what a sensor tells of itself: %j',
    async (status) => {
      await start();
      const sensor = await connect(server.credential);
      expect(await sensor.socket.emitWithAck('status', { ...status, firmware: '1.2' })).toEqual(status);
      expect(await server.sensors.list('alice')).toMatchObject([{ ...status, lastSeenMs: NOW }]);
    },
  );

  it.each([
    { what: 'nothing', message: [{}] },
    { what: 'nothing that is known', message: [{ firmware: '1.2' }] },
    { what: 'more than 100 %', message: [{ battery: 101 }] },
    { what: 'less than nothing', message: [{ battery: -1 }] },
    { what: 'part of a percent', message: [{ battery: 80.5 }] },
    { what: 'a charge as text', message: [{ battery: '80' }] },
    { what: 'a contact that is no truth value', message: [{ battery: 80, contact: 1 }] },
    { what: 'no object', message: ['80'] },
    { what: 'two things at once', message: [{ battery: 80 }, { contact: true }] },
  ])('refuses a status that tells $what', async ({ message }) => {
    await start();
    const sensor = await connect(server.credential);
    expect(await sensor.socket.emitWithAck('status', ...message)).toMatchObject({ error: 'invalid_request' });
    expect((await server.sensors.list('alice'))[0]).not.toHaveProperty('battery');
  });

  it.each(['measurements', 'error', '__proto__', 'constructor', '', 'revoked', 7])(
    'says of an event %j that there is none',
    async (event) => {
      await start();
      const sensor = await connect(server.credential);
      expect(await sensor.socket.emitWithAck(event as string, measurement(0))).toEqual({
        error: 'invalid_request',
        error_description: 'There is no such event: sensors send `measurement` and `status`.',
      });
      const refused = sensor.next('refused');
      sensor.socket.emit(event as string, measurement(0));
      expect(await refused).toMatchObject([{ error: 'invalid_request' }]);
      expect(await sensor.send(measurement(0))).toMatchObject({ stored: 1 });
    },
  );

  it('closes the sockets of a sensor at once when it is revoked, and those of no other', async () => {
    await start();
    const other = await server.sensors.create('alice', 'Watch');
    const [one, two, third] = await Promise.all([
      connect(server.credential),
      connect(server.credential),
      connect(other.credential.reveal()),
    ]);
    await server.sensors.revoke('alice', server.sensorId);
    await Promise.all([one.closed(), two.closed()]);
    expect([one.heard, two.heard]).toEqual([[['revoked']], [['revoked']]]);
    expect(await third.send(measurement(0))).toMatchObject({ stored: 1 });
    await expect(connect(server.credential)).rejects.toThrow('unauthorized');
  });

  it('gives a revoked sensor a moment to take in why, then closes the connection', async () => {
    await start();
    const sensor = await RawSensor.connect(server.url, 4, server.credential);
    await server.sensors.revoke('alice', server.sensorId);
    await sensor.next('41');
    sensor.write(`40${JSON.stringify({ token: server.credential })}`);
    await sensor.next('44');
    await sensor.closed;
    expect(sensor.frames.slice(-3)).toEqual(['42["revoked"]', '41', '44{"message":"unauthorized"}']);
  });

  it('closes the connection of a revoked sensor that sends on, and stores nothing of it', async () => {
    await start();
    const sensor = await RawSensor.connect(server.url, 4, server.credential);
    await server.sensors.revoke('alice', server.sensorId);
    await sensor.next('41');
    sensor.write(`421${JSON.stringify(['measurement', measurement(0)])}`);
    await sensor.closed;
    expect(sensor.frames.at(-1)).toBe('41');
    expect((await server.app.get(Measurements).range('alice', {})).samples).toEqual([]);
  });

  it('closes the socket of a sensor that was revoked in another process, as soon as that shows', async () => {
    await start();
    const sensor = await connect(server.credential);
    await new Sensors(server.app.get(Database), server.app.get(Clock)).revoke('alice', server.sensorId);
    sensor.socket.emit('measurement', measurement(0));
    await sensor.closed();
    expect(sensor.heard).toEqual([['revoked']]);
  });

  it('says to a sensor that was revoked in another process that its status is not wanted', async () => {
    await start();
    const sensor = await connect(server.credential);
    await new Sensors(server.app.get(Database), server.app.get(Clock)).revoke('alice', server.sensorId);
    sensor.socket.emit('status', { battery: 80 });
    await sensor.closed();
    expect(sensor.heard[0]).toEqual(['revoked']);
  });

  it('closes the socket of a sensor that was revoked while it connected', async () => {
    await start();
    jest.spyOn(server.sensors, 'isRevoked').mockReturnValue(true);
    const sensor = await connect(server.credential);
    await sensor.closed();
    expect(sensor.heard).toEqual([['revoked']]);
  });

  it('admits nobody while it cannot tell who is who', async () => {
    await start();
    jest.spyOn(server.sensors, 'authenticate').mockRejectedValue(new Error('no database'));
    await expect(connect(server.credential)).rejects.toThrow('unavailable');
  });

  it('answers for what it stored even when it cannot note that the sensor is alive', async () => {
    await start();
    const sensor = await connect(server.credential);
    jest.spyOn(server.sensors, 'seen').mockRejectedValue(new Error('no database'));
    expect(await sensor.send(measurement(0))).toEqual({ stored: 1, duplicate: 0, refused: 0 });
  });

  it('says nothing of the inside when something breaks, and goes on', async () => {
    await start();
    const sensor = await connect(server.credential);
    const broken = jest.spyOn(server.sensors, 'isRevoked').mockImplementation(() => {
      throw new TypeError('a bug');
    });
    expect(await sensor.send(measurement(0))).toEqual({
      error: 'server_error',
      error_description: 'The message could not be handled.',
    });
    broken.mockRestore();
    expect(await sensor.send(measurement(0))).toMatchObject({ stored: 1 });
  });

  it('answers for everything it took before it stops, and says why it goes', async () => {
    const store = new FakeSampleStore();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    await start(store);
    const sensor = await connect(server.credential);
    const answer = sensor.send(measurement(0));
    // The answer to nonsense comes at once: then the message before it has arrived too.
    await sensor.send('nonsense');
    const stopped = server.app.close();
    open();
    expect(await answer).toEqual({ stored: 1, duplicate: 0, refused: 0 });
    await sensor.closed();
    expect(sensor.heard).toEqual([['shutdown']]);
    await stopped;
    expect(store.commits.flat()).toHaveLength(1);
  });

  it('does not wait for a peer that went silent', async () => {
    await start();
    const sensor = await connect(server.credential);
    stopReading(sensor);
    await server.app.close();
    expect(sensor.heard).toEqual([]);
    // Less than socket.io takes to notice by itself.
  }, 30_000);
});
