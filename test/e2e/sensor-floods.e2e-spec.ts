import { request } from 'undici';

import { FixedClock } from '../../src/common/clock.fake.js';
import { type MeasurementTables, measurementMigrations } from '../../src/database/resource-server/measurements.js';
import { Measurements } from '../../src/measurements/measurements.js';
import { FakeSampleStore } from '../../src/measurements/sample-store.fake.js';
import { MESSAGE_CREDIT } from '../../src/measurements/sensor-credits.js';
import { SocketServer } from '../../src/measurements/socket-server.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { DeafPeer } from '../support/deaf-peer.js';
import { eventually } from '../support/eventually.js';
import type { FakeSensor } from '../support/fake-sensor.js';
import { RawSensor, type Revision } from '../support/raw-sensor.js';
import { SensorApplication, type SensorSetup } from '../support/sensor-application.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const FRAME_BYTES = 256 * 1024;

const measurement = (second: number): object => ({
  heartRate: 72,
  timestamp: new Date(NOW - second * 1_000).toISOString(),
});

const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

/** What is no frame, no packet or no event, or ends in the middle of one. */
const MALFORMED: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  '',
  'garbage',
  '4',
  '9',
  '42',
  '42[',
  '42{}',
  '42[]',
  '42[null]',
  '42["connect"]',
  '42["disconnect",1]',
  '42["newListener"]',
  '4299999999999999999999["measurement"]',
  '43',
  '431[]',
  '44"unauthorized"',
  '45',
  '451-["measurement",{"_placeholder":true,"num":7}]',
  '45999999999-["measurement"]',
  '461-1[{"_placeholder":true,"num":0}]',
  '49[]',
  '40//[,',
  '42//[,["measurement"]',
  `42["measurement",${'['.repeat(10_000)}`,
  `42["measurement"${',1'.repeat(10_000)}]`,
  'b4!!!!',
  '1',
  '5',
  '\u{1f493}',
  bytes(),
  bytes(0),
  bytes(4),
  bytes(4, 50, 91),
  bytes(255, 255, 255, 255),
  new Uint8Array(1_000).map((_zero, index) => index * 31),
];

describeOnEachDatabase('a server with a sensor that misbehaves', (open) => {
  let server: SensorApplication;
  let good: FakeSensor;
  const bad: RawSensor[] = [];

  const start = async (setup: Partial<SensorSetup> = {}): Promise<void> => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const options = { clock: new FixedClock(NOW), commitIntervalMs: 1, sensorProtocol3: true, ...setup };
    server = await SensorApplication.start(database, options);
    const { credential } = await server.sensors.create('bob', 'Watch');
    good = await server.connect(credential.reveal());
  };
  const misbehave = async (revision: Revision): Promise<RawSensor> => {
    const sensor = await RawSensor.connect(server.url, revision, server.credential);
    bad.push(sensor);
    return sensor;
  };
  const expectNoHarm = async (second = 0): Promise<void> => {
    expect(await good.send(measurement(second))).toEqual({ stored: 1, duplicate: 0, refused: 0 });
  };

  afterEach(async () => {
    for (const sensor of bad.splice(0)) sensor.leave();
    await server.stop();
  });

  describe.each<Revision>([3, 4])('by protocol %i', (revision) => {
    it('harms no other by frames that nobody can read', async () => {
      await start();
      for (const [index, frame] of MALFORMED.entries()) {
        const sensor = await misbehave(revision);
        sensor.write(frame);
        await expectNoHarm(index);
      }
      expect((await server.app.get(Measurements).range('alice', {})).samples).toEqual([]);
    });

    it('closes the connection of whoever sends what nobody can read', async () => {
      await start();
      for (const frame of ['garbage', '42[', '49[]', '451-["measurement"]\n']) {
        const sensor = await misbehave(revision);
        sensor.write(frame);
        sensor.write('42["measurement"]');
        await sensor.closed;
      }
    });

    it('reads a frame of 1,000 measurements, and none of more than 256 KiB', async () => {
      await start();
      const sensor = await misbehave(revision);
      const many = Array.from({ length: 1_000 }, (_nothing, second) => measurement(second));
      expect(await sensor.ask('measurement', many)).toEqual({ stored: 1_000, duplicate: 0, refused: 0 });
      sensor.write(`42${JSON.stringify(['measurement', 'x'.repeat(FRAME_BYTES)])}`);
      await sensor.closed;
      await expectNoHarm();
    });

    it('takes no longer a body by long polling', async () => {
      await start();
      const address = `${server.url}/socket.io/?EIO=${revision}&transport=polling`;
      const { body } = await request(address);
      const sid = /"sid":"([^"]+)"/.exec(await body.text())?.[1] ?? '';
      const answer = await request(`${address}&sid=${sid}`, { method: 'POST', body: '4'.repeat(FRAME_BYTES + 1) });
      expect(answer.statusCode).toBe(413);
      await answer.body.dump();
      await expectNoHarm();
    });

    it('is told slow_down for events beyond its credit that ask for no answer, and what was taken is stored', async () => {
      const store = new FakeSampleStore();
      let letGo = (): void => undefined;
      store.gate = new Promise((resolve) => (letGo = resolve));
      await start({ store });
      const sensor = await misbehave(revision);
      for (let second = 0; second < MESSAGE_CREDIT + 500; second++) {
        sensor.write(`42${JSON.stringify(['measurement', measurement(second)])}`);
      }
      expect(await sensor.next('42["refused"')).toContain('"error":"slow_down"');
      expect(await sensor.ask('measurement', measurement(0))).toMatchObject({ error: 'slow_down' });
      const accepted = good.send(measurement(0));
      letGo();
      expect(await accepted).toMatchObject({ stored: 1 });
      expect(sensor.frames.filter((frame) => frame.startsWith('42["refused"'))).toHaveLength(500);
      expect(await sensor.ask('measurement', measurement(0))).toMatchObject({ duplicate: 1 });
      const ofSensor = store.commits.flat().filter(({ sensorId }) => sensorId === server.sensorId);
      expect(ofSensor).toHaveLength(MESSAGE_CREDIT + 1);
    });

    it('is told of each of thousands of events that do not exist that there is none', async () => {
      await start();
      const sensor = await misbehave(revision);
      for (let index = 0; index < 3_000; index++) sensor.write(`42["event ${index}",{}]`);
      expect(await sensor.ask('status', { battery: 1 })).toEqual({ battery: 1 });
      const refused = '42["refused",{"error":"invalid_request"';
      expect(sensor.frames.filter((frame) => frame.startsWith(refused))).toHaveLength(3_000);
      await expectNoHarm();
    });

    it('makes no namespace by asking for thousands', async () => {
      await start();
      const sensor = await misbehave(revision);
      const separator = revision === 3 ? '' : ',';
      for (let index = 0; index < 3_000; index++) sensor.write(`40/${index}${separator}`);
      await sensor.next('44/2999,');
      expect(sensor.frames.filter((frame) => frame.endsWith('{"message":"Invalid namespace"}'))).toHaveLength(3_000);
      expect(server.app.get(SocketServer).io._nsps.size).toBe(1);
      await expectNoHarm();
    });
  });

  it.each<{ revision: Revision; end: string }>([
    { revision: 3, end: '' },
    { revision: 4, end: ',' },
  ])(
    'gives up a peer that reads nothing of what it is told, let in or not, by protocol $revision',
    async ({ revision, end }) => {
      await start();
      const { engine } = server.app.get(SocketServer).io;
      const peer = await DeafPeer.open(`${server.url}/socket.io/?EIO=${revision}&transport=websocket`);
      await eventually(() => engine.clientsCount === 2);
      await eventually(async () => {
        await peer.write(`40/${'x'.repeat(100)}${end}`, 10_000);
        return engine.clientsCount === 1;
      });
      peer.leave();
      await expectNoHarm();
    },
  );

  it.each([
    { what: 'nothing', body: bytes() },
    { what: 'ends of lengths', body: new Uint8Array(FRAME_BYTES).fill(255) },
    { what: 'a length without an end', body: new Uint8Array(FRAME_BYTES) },
    { what: 'a packet longer than the body', body: bytes(0, 9, 9, 9, 255, 52, 50) },
    { what: 'noise', body: new Uint8Array(10_000).map((_zero, index) => index * index * 7) },
  ])('survives a binary body of protocol 3 that is $what', async ({ body }) => {
    await start();
    const address = `${server.url}/socket.io/?EIO=3&transport=polling&token=${server.credential}`;
    const sid = /"sid":"([^"]+)"/.exec(await (await request(address)).body.text())?.[1] ?? '';
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await request(`${address}&sid=${sid}`, { method: 'POST', headers, body });
    await answer.body.dump();
    await expectNoHarm();
  });
});
