import { Global, type INestApplication, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import { FixedClock } from '../../src/common/clock.fake.js';
import { Clock } from '../../src/common/clock.js';
import { Database } from '../../src/database/database.js';
import { type MeasurementTables, measurementMigrations } from '../../src/database/resource-server/measurements.js';
import { MeasurementsModule } from '../../src/measurements/measurements.module.js';
import { Measurements } from '../../src/measurements/measurements.js';
import { SampleStore } from '../../src/measurements/sample-store.js';
import { FakeSampleStore } from '../../src/measurements/sample-store.fake.js';
import { SENSOR_CREDIT } from '../../src/measurements/sensor-credits.js';
import { Sensors } from '../../src/measurements/sensors.js';
import { SocketServer } from '../../src/measurements/socket-server.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { FakeSensor } from '../support/fake-sensor.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const OPTIONS = { sensorTimeZone: 'Europe/Berlin', commitDelayMs: 1, basePath: '/rs' };
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
  let app: INestApplication;
  let url: string;
  let sensors: Sensors;
  let credential: string;
  let sensorId: string;
  const connected: FakeSensor[] = [];

  const start = async (store?: SampleStore): Promise<void> => {
    const database = await open<MeasurementTables>(measurementMigrations);
    @Global()
    @Module({
      providers: [
        { provide: Database, useValue: database },
        { provide: Clock, useValue: new FixedClock(NOW) },
      ],
      exports: [Database, Clock],
    })
    class Surroundings {}
    const builder = Test.createTestingModule({
      imports: [Surroundings, MeasurementsModule.register({ ...OPTIONS })],
    });
    if (store !== undefined) builder.overrideProvider(SampleStore).useValue(store);
    app = (await builder.compile()).createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    sensors = app.get(Sensors);
    const made = await sensors.create('alice', 'Chest strap');
    credential = made.credential.reveal();
    sensorId = made.sensor.id;
  };
  const connect = async (...args: [string | undefined, object?]): Promise<FakeSensor> => {
    const sensor = await FakeSensor.connect(url, ...args);
    connected.push(sensor);
    return sensor;
  };

  afterEach(async () => {
    for (const sensor of connected.splice(0)) sensor.leave();
    await app.close();
  });

  it.each([
    { how: 'in the handshake', given: (token: string) => ({ auth: { token } }) },
    { how: 'as Bearer token', given: (token: string) => ({ extraHeaders: { authorization: `Bearer ${token}` } }) },
    { how: 'by long polling', given: (token: string) => ({ auth: { token }, transports: ['polling'] }) },
    { how: 'below the base path', given: (token: string) => ({ auth: { token }, path: '/rs/socket.io' }) },
    {
      how: 'below the base path by long polling',
      given: (token: string) => ({ auth: { token }, path: '/rs/socket.io', transports: ['polling'] }),
    },
  ])('admits a sensor that shows its credential $how', async ({ given }) => {
    await start();
    const sensor = await connect(undefined, given(credential));
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

  it('says what became of each item of a batch, and keeps the good ones', async () => {
    await start();
    const sensor = await connect(credential);
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
    const { samples } = await app.get(Measurements).range('alice', {});
    expect(samples.map(({ heartRate, recordedMs }) => [heartRate, recordedMs])).toEqual([
      [70, START],
      [71, NOW - 3_600_000 + 5_000],
    ]);
  });

  it('stores a batch that is sent twice once', async () => {
    await start();
    const batch = Array.from({ length: 1_000 }, (_nothing, second) => measurement(second));
    const sensor = await connect(credential);
    expect(await sensor.send(batch)).toEqual({ stored: 1_000, duplicate: 0, refused: 0 });
    expect(await sensor.send(batch)).toEqual({ stored: 0, duplicate: 1_000, refused: 0 });
  });

  it('keeps the order of messages that do not wait for each other', async () => {
    await start();
    const sensor = await connect(credential);
    const answers = await Promise.all([70, 80, 90].map((heartRate) => sensor.send(measurement(0, heartRate))));
    expect(answers).toMatchObject([{ stored: 1 }, { duplicate: 1 }, { duplicate: 1 }]);
    expect(await app.get(Measurements).latest('alice')).toMatchObject({ heartRate: 70, sensorId });
  });

  it('stores what comes from a sender that waits for no answer', async () => {
    await start();
    const sensor = await connect(credential);
    sensor.socket.emit('measurement', measurement(0, 70));
    expect(await sensor.send(measurement(0, 80))).toMatchObject({ duplicate: 1 });
  });

  it('tells a sender that waits for no answer what was not stored', async () => {
    await start();
    const sensor = await connect(credential);
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
    const sensor = await connect(credential);
    expect(await sensor.send(...message)).toMatchObject({
      error: 'invalid_request',
      error_description: expect.any(String) as string,
    });
  });

  it('refuses a message of more than a thousand items, and stores none of them', async () => {
    await start();
    const sensor = await connect(credential);
    const answer = await sensor.send(Array.from({ length: 1_001 }, (_nothing, second) => measurement(second)));
    expect(answer).toMatchObject({ error: 'payload_too_large' });
    expect((await app.get(Measurements).range('alice', {})).samples).toEqual([]);
  });

  it('says slow_down to a socket that floods, and still answers for what it took', async () => {
    const store = new FakeSampleStore();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    await start(store);
    const sensor = await connect(credential);
    const batch = (from: number): object[] =>
      Array.from({ length: 1_000 }, (_nothing, second) => measurement(from + second));
    const taken = Array.from({ length: SENSOR_CREDIT / 1_000 }, (_nothing, index) => sensor.send(batch(index * 1_000)));
    expect(await sensor.send(measurement(0))).toMatchObject({ error: 'slow_down' });
    open();
    expect(await Promise.all(taken)).toEqual(taken.map(() => ({ stored: 1_000, duplicate: 0, refused: 0 })));
    expect(await sensor.send(measurement(0))).toMatchObject({ duplicate: 1 });
  });

  it('gives up a sensor that takes no answers, instead of keeping them for it', async () => {
    await start();
    const sensor = await connect(credential);
    stopReading(sensor);
    const { sockets } = app.get(SocketServer).io.sockets;
    const nonsense = Array.from({ length: 1_000 }, () => 0);
    await eventually(() => {
      for (let index = 0; index < 100; index++) sensor.socket.emit('measurement', nonsense);
      return sockets.size === 0;
    });
    expect(await (await connect(credential)).send(measurement(0))).toMatchObject({ stored: 1 });
  });

  it('takes more from a sensor by and by than its credit, as answers leave', async () => {
    await start();
    const sensor = await connect(credential);
    const nonsense = Array.from({ length: 1_000 }, () => 0);
    for (let sent = 0; sent <= 2 * SENSOR_CREDIT; sent += 1_000) {
      expect(await sensor.send(nonsense)).toMatchObject({ refused: 1_000 });
      sensor.socket.emit('measurement', [measurement(sent)]);
    }
    expect(await sensor.send(measurement(1))).toMatchObject({ stored: 1 });
  });

  it('closes the sockets of a sensor at once when it is revoked, and those of no other', async () => {
    await start();
    const other = await sensors.create('alice', 'Watch');
    const [one, two, third] = await Promise.all([
      connect(credential),
      connect(credential),
      connect(other.credential.reveal()),
    ]);
    await sensors.revoke('alice', sensorId);
    await Promise.all([one.closed(), two.closed()]);
    expect([one.heard, two.heard]).toEqual([[['revoked']], [['revoked']]]);
    expect(await third.send(measurement(0))).toMatchObject({ stored: 1 });
    await expect(connect(credential)).rejects.toThrow('unauthorized');
  });

  it('closes the socket of a sensor that was revoked in another process, as soon as that shows', async () => {
    await start();
    const sensor = await connect(credential);
    await new Sensors(app.get(Database), app.get(Clock)).revoke('alice', sensorId);
    sensor.socket.emit('measurement', measurement(0));
    await sensor.closed();
    expect(sensor.heard).toEqual([['revoked']]);
  });

  it('closes the socket of a sensor that was revoked while it connected', async () => {
    await start();
    jest.spyOn(sensors, 'isRevoked').mockReturnValue(true);
    const sensor = await connect(credential);
    await sensor.closed();
    expect(sensor.heard).toEqual([['revoked']]);
  });

  it('admits nobody while it cannot tell who is who', async () => {
    await start();
    jest.spyOn(sensors, 'authenticate').mockRejectedValue(new Error('no database'));
    await expect(connect(credential)).rejects.toThrow('unavailable');
  });

  it('answers for what it stored even when it cannot note that the sensor is alive', async () => {
    await start();
    const sensor = await connect(credential);
    jest.spyOn(sensors, 'seen').mockRejectedValue(new Error('no database'));
    expect(await sensor.send(measurement(0))).toEqual({ stored: 1, duplicate: 0, refused: 0 });
  });

  it('says nothing of the inside when something breaks, and goes on', async () => {
    await start();
    const sensor = await connect(credential);
    const broken = jest.spyOn(sensors, 'isRevoked').mockImplementation(() => {
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
    const sensor = await connect(credential);
    const answer = sensor.send(measurement(0));
    // The answer to nonsense comes at once: then the message before it has arrived too.
    await sensor.send('nonsense');
    const stopped = app.close();
    open();
    expect(await answer).toEqual({ stored: 1, duplicate: 0, refused: 0 });
    await sensor.closed();
    expect(sensor.heard).toEqual([['shutdown']]);
    await stopped;
    expect(store.commits.flat()).toHaveLength(1);
  });

  it('does not wait for a peer that went silent', async () => {
    await start();
    const sensor = await connect(credential);
    stopReading(sensor);
    await app.close();
    expect(sensor.heard).toEqual([]);
    // Less than socket.io takes to notice by itself.
  }, 30_000);
});
