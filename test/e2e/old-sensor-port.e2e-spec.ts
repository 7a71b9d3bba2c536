import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { request } from 'undici';

import { FixedClock } from '../../src/common/clock.fake.js';
import { type MeasurementTables, measurementMigrations } from '../../src/database/resource-server/measurements.js';
import { Measurements } from '../../src/measurements/measurements.js';
import { FakeSampleStore } from '../../src/measurements/sample-store.fake.js';
import { SocketServer } from '../../src/measurements/socket-server.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { RawSensor, type Revision } from '../support/raw-sensor.js';
import { SensorApplication, type SensorSetup } from '../support/sensor-application.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MEASUREMENT = { measure: 72, time: 'Sun Mar  1 12:59:59 2026' };
const LOCAL = '127.0.0.1';

describeOnEachDatabase('the old port for sensors (FH-22)', (open) => {
  let server: SensorApplication;
  const opened: RawSensor[] = [];

  const start = async (setup: Partial<SensorSetup> = { oldPortAt: LOCAL }): Promise<void> => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const options = { clock: new FixedClock(NOW), commitIntervalMs: 1, sensorTimeZone: 'Europe/Berlin', ...setup };
    server = await SensorApplication.start(database, options);
  };
  const connect = async (...args: Parameters<typeof RawSensor.open>): Promise<RawSensor> => {
    const sensor = await RawSensor.open(...args);
    opened.push(sensor);
    return sensor;
  };
  const ask = async (path: string, headers: Readonly<Record<string, string>> = {}, method: 'GET' | 'POST' = 'GET') => {
    const { statusCode, body } = await request(server.oldUrl + path, { method, headers });
    return { status: statusCode, text: await body.text() };
  };

  afterEach(async () => {
    for (const sensor of opened.splice(0)) sensor.leave();
    await server.stop();
  });

  it.each<{ revision: Revision; hello: string }>([
    { revision: 3, hello: '' },
    { revision: 4, hello: '40' },
  ])(
    'stores what comes without a credential under its one sensor, by protocol $revision',
    async ({ revision, hello }) => {
      await start();
      const sensor = await connect(server.oldUrl, revision);
      if (hello !== '') sensor.write(hello);
      await sensor.next('40');
      expect(await sensor.ask('measurement', MEASUREMENT)).toEqual({ stored: 1, duplicate: 0, refused: 0 });
      const { sensorId } = server;
      const expected = { heartRate: 72, recordedMs: NOW - 1_000, sensorId, resourceId: 'alice' };
      expect(await server.app.get(Measurements).latest('alice')).toMatchObject(expected);
    },
  );

  it('takes what is sent without a wish for an answer, as the scripts of before do', async () => {
    await start();
    const sensor = await connect(server.oldUrl, 3);
    await sensor.next('40');
    sensor.write(`42${JSON.stringify(['measurement', MEASUREMENT])}`);
    expect(await sensor.ask('measurement', MEASUREMENT)).toMatchObject({ duplicate: 1 });
  });

  it('does not let the same in on the port of the server', async () => {
    await start({ oldPortAt: LOCAL, sensorProtocol3: true });
    const sensor = await connect(server.url, 3);
    expect(await sensor.next('4')).toBe('44"unauthorized"');
    await expect(server.connect()).rejects.toThrow('unauthorized');
  });

  it('lets the sensor in that it stands for, and no other', async () => {
    await start();
    const other = await server.sensors.create('bob', 'Watch');
    await expect(server.connect(server.credential, {}, server.oldUrl)).resolves.toBeDefined();
    await expect(server.connect(other.credential.reveal(), {}, server.oldUrl)).rejects.toThrow('unauthorized');
  });

  it('has nothing else of the server', async () => {
    await start();
    const nothing = { status: 404, text: expect.stringContaining('not_found') as string };
    for (const path of ['/', '/measurements', '/health/live', '/metrics', '/api/sensors', '/live', '/hearthRate']) {
      expect(await ask(path)).toEqual(nothing);
      expect(await ask(path, { authorization: `Bearer ${server.credential}` }, 'POST')).toEqual(nothing);
    }
    server.app
      .get(SocketServer)
      .io.of('/live')
      .on('connection', () => undefined);
    const sensor = await connect(server.oldUrl, 4);
    sensor.write('40/live,');
    expect(await sensor.next('44')).toBe('44/live,{"message":"Invalid namespace"}');
    const old = await connect(server.oldUrl, 3);
    old.write('40/live');
    expect(await old.next('44')).toBe('44/live,{"message":"Invalid namespace"}');
  });

  it('ends with the right of its sensor to send: what is connected, and what wants to', async () => {
    await start();
    const sensor = await connect(server.oldUrl, 3);
    await sensor.next('40');
    await server.sensors.revoke('alice', server.sensorId);
    await sensor.closed;
    expect(sensor.frames.slice(2)).toEqual(['42["revoked"]', '41']);
    const late = await connect(server.oldUrl, 3);
    expect(await late.next('4')).toBe('44"unauthorized"');
  });

  it('answers for everything it took before the server stops, says why it goes, and is closed then', async () => {
    const store = new FakeSampleStore();
    let letGo = (): void => undefined;
    store.gate = new Promise((resolve) => (letGo = resolve));
    await start({ oldPortAt: LOCAL, store });
    const { oldUrl } = server;
    const sensor = await connect(oldUrl, 3);
    await sensor.next('40');
    const answer = sensor.ask('measurement', MEASUREMENT);
    // The answer to nonsense comes at once: then the message before it has arrived too.
    await sensor.ask('measurement', 'nonsense');
    const stopped = server.app.close();
    letGo();
    expect(await answer).toEqual({ stored: 1, duplicate: 0, refused: 0 });
    await sensor.closed;
    expect(sensor.frames.slice(-2)).toEqual(['42["shutdown"]', '41']);
    await stopped;
    await expect(request(oldUrl)).rejects.toThrow('ECONNREFUSED');
  });

  it('tells a sensor that polls why it is closed too, and is not held open by it', async () => {
    await start();
    const sensor = await server.connect(undefined, { transports: ['polling'] }, server.oldUrl);
    await server.app.close();
    await sensor.closed();
    expect(sensor.heard).toEqual([['shutdown']]);
  });

  it.each([
    { who: 'a page of another place', headers: { origin: 'http://evil.example' }, status: 403 },
    { who: 'a page that hides where it is from', headers: { origin: 'null' }, status: 403 },
    { who: 'a page that came by a name of its own', headers: { host: 'evil.example:1337' }, status: 403 },
    { who: 'a page by a name of its own that is no name', headers: { host: '::' }, status: 403 },
    { who: 'a program', headers: {}, status: 200 },
    { who: 'a program that calls this machine by name', headers: { host: 'localhost:1337' }, status: 200 },
    {
      who: 'a program that names the port itself as origin',
      headers: { host: 'localhost:1337', origin: 'http://localhost:1337' },
      status: 200,
    },
  ])('answers $who with $status', async ({ headers, status }) => {
    await start();
    expect(await ask('/socket.io/?EIO=3&transport=polling', headers)).toMatchObject({ status });
  });

  it('can be opened for other machines, which know it by any name; then the log warns', async () => {
    await start({ oldPortAt: '0.0.0.0' });
    const headers = { host: 'heart.example:1337' };
    const { port } = new URL(server.oldUrl);
    const { statusCode } = await request(`http://127.0.0.1:${port}/socket.io/?EIO=3&transport=polling`, { headers });
    expect(statusCode).toBe(200);
    expect(server.lines.join('')).toContain('Whoever reaches that address can send');
  });

  it('says at the start where it is', async () => {
    await start();
    expect(server.lines.join('')).toContain(`Sensors without a credential may send at ${server.oldUrl}`);
    expect(server.lines.join('')).not.toContain('Whoever reaches that address can send');
    expect(server.lines.join('')).not.toContain('it lets nobody in');
  });
});

describeOnEachDatabase('the old port for sensors, at the start', (open) => {
  it('warns of a sensor that is not there', async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const setup = { clock: new FixedClock(NOW), oldPortAt: LOCAL, oldPortCredential: 'of nobody' };
    const server = await SensorApplication.start(database, setup);
    expect(server.lines.join('')).toContain('it lets nobody in');
    await server.stop();
  });

  it('stops the server from starting when somebody else has the port', async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const squatter: Server = createServer().listen(0, LOCAL);
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as AddressInfo;
    const setup = { clock: new FixedClock(NOW), oldPortAt: LOCAL, oldPort: port };
    await expect(SensorApplication.start(database, setup)).rejects.toThrow(
      `The old port for sensors, ${port}, cannot be opened (EADDRINUSE).`,
    );
    squatter.close();
  });
});
