import { request } from 'undici';

import { FixedClock } from '../../src/common/clock.fake.js';
import { type MeasurementTables, measurementMigrations } from '../../src/database/resource-server/measurements.js';
import { Measurements } from '../../src/measurements/measurements.js';
import { SocketServer } from '../../src/measurements/socket-server.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { RawSensor } from '../support/raw-sensor.js';
import { SensorApplication, type SensorSetup } from '../support/sensor-application.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MEASUREMENT = { measure: '72', time: '2026-03-01T11:59:59Z' };

describeOnEachDatabase('a sensor that speaks protocol 3 (FH-22)', (open) => {
  let server: SensorApplication;
  const opened: RawSensor[] = [];

  const start = async (setup: Partial<SensorSetup> = { sensorProtocol3: true }): Promise<void> => {
    const database = await open<MeasurementTables>(measurementMigrations);
    server = await SensorApplication.start(database, { clock: new FixedClock(NOW), commitIntervalMs: 1, ...setup });
  };
  const connect = async (...args: Parameters<typeof RawSensor.open>): Promise<RawSensor> => {
    const sensor = await RawSensor.open(...args);
    opened.push(sensor);
    return sensor;
  };
  const poll = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const { statusCode, body } = await request(server.url + path, { headers });
    return { status: statusCode, text: await body.text() };
  };

  /** Begins by long polling. @returns what the server says then */
  const knock = async (...args: Parameters<typeof poll>): Promise<string> => {
    const sid = /"sid":"([^"]+)"/.exec((await poll(...args)).text)?.[1] ?? '';
    return (await poll(`/socket.io/?EIO=3&transport=polling&sid=${sid}`)).text;
  };

  afterEach(async () => {
    for (const sensor of opened.splice(0)) sensor.leave();
    await server.stop();
  });

  it('is not let in unless the operator wants it', async () => {
    await start({});
    expect(await poll(`/socket.io/?EIO=3&transport=polling&token=${server.credential}`)).toEqual({
      status: 400,
      text: '{"code":5,"message":"Unsupported protocol version"}',
    });
    await expect(connect(server.url, 3, { token: server.credential })).rejects.toThrow('refused');
  });

  it('shows its credential in the query, sends, and has its answer', async () => {
    await start();
    const sensor = await connect(server.url, 3, { token: server.credential });
    await sensor.next('40');
    expect(await sensor.ask('measurement', MEASUREMENT)).toEqual({ stored: 1, duplicate: 0, refused: 0 });
    expect(await sensor.ask('status', { battery: 7 })).toEqual({ battery: 7 });
    expect(await server.app.get(Measurements).latest('alice')).toMatchObject({
      heartRate: 72,
      recordedMs: NOW - 1_000,
    });
  });

  it('may show its credential in the header instead, or in both places', async () => {
    await start();
    const authorization = `Bearer ${server.credential}`;
    expect(await knock('/socket.io/?EIO=3&transport=polling', { authorization })).toBe('2:40');
    const both = `/socket.io/?EIO=3&transport=polling&token=${server.credential}`;
    expect(await knock(both, { authorization })).toBe('2:40');
  });

  it.each([
    { how: 'nothing', query: () => ({}) },
    { how: 'a wrong credential', query: () => ({ token: 'wrong' }) },
    { how: 'an empty one', query: () => ({ token: '' }) },
  ])('is turned away when it shows $how', async ({ query }) => {
    await start();
    const sensor = await connect(server.url, 3, query());
    expect(await sensor.next('4')).toBe('44"unauthorized"');
    expect(sensor.frames).not.toContain('40');
  });

  it('is turned away when it shows two credentials that differ', async () => {
    await start();
    const other = (await server.sensors.create('bob', 'Watch')).credential.reveal();
    const authorization = `Bearer ${other}`;
    const path = `/socket.io/?EIO=3&transport=polling&token=${server.credential}`;
    expect(await knock(path, { authorization })).toBe('16:44"unauthorized"');
    expect(await knock(`${path}&token=${other}`)).toBe('16:44"unauthorized"');
  });

  it('is the only one whose credential may stand in the query', async () => {
    await start();
    const query = { query: { token: server.credential } };
    await expect(server.connect(undefined, query)).rejects.toThrow('unauthorized');
    await expect(server.connect(server.credential, query)).rejects.toThrow('unauthorized');
    await expect(server.connect(server.credential)).resolves.toBeDefined();
  });

  it('is told why when it is revoked, and when the server stops', async () => {
    await start();
    const sensor = await connect(server.url, 3, { token: server.credential });
    await sensor.next('40');
    await server.sensors.revoke('alice', server.sensorId);
    await sensor.closed;
    expect(sensor.frames.slice(2)).toEqual(['42["revoked"]', '41']);
    const other = await server.sensors.create('alice', 'Watch');
    const last = await connect(server.url, 3, { token: other.credential.reveal() });
    await last.next('40');
    await server.stop();
    await last.closed;
    expect(last.frames.slice(2)).toEqual(['42["shutdown"]', '41']);
  });

  it('leaves its credential in no address that anything can log', async () => {
    await start({ sensorProtocol3: true, basePath: '/rs' });
    const { io } = server.app.get(SocketServer);
    const handshakes: unknown[] = [];
    io.on('connection', ({ handshake, request: { url } }) => handshakes.push({ ...handshake, address: url }));
    const sensor = await connect(server.url, 3, { token: server.credential });
    await sensor.next('40');
    await poll(`/rs/socket.io/?EIO=3&transport=polling&t=a%20b&%74oken=${server.credential}`);
    await poll(`/socket.io/?EIO=4&transport=polling&token=${server.credential}`);
    await poll(`/socket.io/?EIO=3&transport=nonsense&token=${server.credential}`);
    await poll(`/socket.io?EIO=3&transport=polling&token=${server.credential}`);
    await poll(`/elsewhere?token=${server.credential}`);
    jest.spyOn(server.sensors, 'authenticate').mockRejectedValue(new Error('no database'));
    const unlucky = await connect(server.url, 3, { token: server.credential });
    expect(await unlucky.next('4')).toBe('44"unavailable"');
    await server.stop();
    expect(handshakes).toHaveLength(2);
    expect(handshakes[1]).toMatchObject({
      address: '/socket.io/?EIO=3&transport=polling&t=a+b&token=%5Bredacted%5D',
      query: { EIO: '3', transport: 'polling', t: 'a b', token: '[redacted]' },
    });
    expect(JSON.stringify(handshakes)).not.toContain(server.credential);
    const log = server.lines.join('');
    expect(log).toContain('A sensor could not be authenticated.');
    expect(log).toContain('"route":"/elsewhere"');
    expect(log).not.toContain(server.credential);
  });
});
