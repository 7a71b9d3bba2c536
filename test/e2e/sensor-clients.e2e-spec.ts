import { SystemClock } from '../../src/common/clock.js';
import { type MeasurementTables, measurementMigrations } from '../../src/database/resource-server/measurements.js';
import { Measurements } from '../../src/measurements/measurements.js';
import { ChildProgram } from '../support/child-program.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { documentedProgram } from '../support/documented-programs.js';
import { eventually } from '../support/eventually.js';
import { SensorApplication } from '../support/sensor-application.js';
import { CURL, PYTHON, requireProgram } from '../support/system-programs.js';

const INSTALLING_MS = 600_000;

const program = (heading: string): string => documentedProgram('docs/sensors.md', heading);
const node = (type: 'module' | 'commonjs'): readonly string[] => [process.execPath, `--input-type=${type}`, '-'];
/** The same program with another release of its client. */
const withClient = (name: string, text: string): string => text.replace("'socket.io-client'", `'${name}'`);

/** A program by each kind of client, below the headings for them. */
const withOldClients = (ofJavaScript: string, ofPython: string) => [
  { client: 'socket.io 2.5', by: node('commonjs'), text: withClient('socket.io-client-2', program(ofJavaScript)) },
  { client: 'socket.io 1.7', by: node('commonjs'), text: withClient('socket.io-client-1', program(ofJavaScript)) },
  { client: 'python-socketio', by: [PYTHON.path, '-'], text: program(ofPython) },
];
const CLIENTS = [
  { client: 'socket.io 4', by: node('module'), text: program('JavaScript, socket.io 4') },
  ...withOldClients('JavaScript, socket.io 2 and 1', 'Python'),
];
const OLD_SCRIPTS = withOldClients('Without a credential, JavaScript', 'Without a credential, Python');

describeOnEachDatabase('a program of docs/sensors.md', (open) => {
  let server: SensorApplication;
  const running: ChildProgram[] = [];

  beforeAll(async () => {
    await requireProgram(CURL);
    await requireProgram(PYTHON);
  }, INSTALLING_MS);

  beforeEach(async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    server = await SensorApplication.start(database, {
      clock: new SystemClock(),
      sensorProtocol3: true,
      sensorTimeZone: 'Asia/Tokyo',
      oldPortAt: '127.0.0.1',
    });
  });

  afterEach(async () => {
    for (const child of running.splice(0)) child.stop();
    await server.stop();
  });

  const run = (by: readonly string[], text: string, environment: Readonly<Record<string, string>>): ChildProgram => {
    const child = new ChildProgram(by, text, environment);
    running.push(child);
    return child;
  };
  const stored = async (): Promise<readonly (readonly [number, string])[]> => {
    const { samples } = await server.app.get(Measurements).range('alice', {});
    return samples.map(({ heartRate, sensorId }) => [heartRate, sensorId]);
  };

  it.each(CLIENTS)('connects, sends, and is told why when it is revoked: $client', async ({ by, text }) => {
    const child = run(by, text, { SERVER: server.url, CREDENTIAL: server.credential });
    await child.shows(/measurement: .*stored\W+1\b/);
    await child.shows(/status: .*battery\W+80\b/);
    expect(await stored()).toEqual([[72, server.sensorId]]);
    expect(await server.sensors.list('alice')).toMatchObject([{ battery: 80, contact: true }]);
    await server.sensors.revoke('alice', server.sensorId);
    await child.shows(/told: revoked[^]*disconnected/);
    await child.ended;
  });

  it.each(CLIENTS)('is told why when the server stops: $client', async ({ by, text }) => {
    const child = run(by, text, { SERVER: server.url, CREDENTIAL: server.credential });
    await child.shows(/status: /);
    await server.app.close();
    await child.shows(/told: shutdown[^]*disconnected/);
  });

  it.each(CLIENTS)('is refused with a credential that is not good: $client', async ({ by, text }) => {
    const child = run(by, text, { SERVER: server.url, CREDENTIAL: 'wrong' });
    expect(await child.ended).toBe(1);
    expect(child.output).toContain('not connected: unauthorized');
    expect(child.output).not.toContain('measurement:');
    expect(await stored()).toEqual([]);
  });

  it('sends, and is refused without a good credential or when it is revoked: curl', async () => {
    const send = async (credential: string): Promise<string> => {
      const text = program('curl').replaceAll(/^curl/gm, CURL.path);
      const child = run(['/bin/sh'], text, { SERVER: server.url, CREDENTIAL: credential });
      expect(await child.ended).toBe(0);
      return child.output;
    };
    const refusal = /"error":"invalid_token"/g;
    expect(await send(server.credential)).toBe(
      '{"stored":1,"duplicate":0,"refused":0}\n{"battery":80,"contact":true}\n',
    );
    expect((await send('wrong')).match(refusal)).toHaveLength(2);
    await server.sensors.revoke('alice', server.sensorId);
    expect((await send(server.credential)).match(refusal)).toHaveLength(2);
    expect(await stored()).toEqual([[72, server.sensorId]]);
  });

  it.each(OLD_SCRIPTS)('sends to the old port without a credential (FH-22): $client', async ({ by, text }) => {
    run(by, text, { SERVER: server.oldUrl, TZ: 'Asia/Tokyo' });
    await eventually(async () => (await stored()).length > 0);
    expect((await stored())[0]).toEqual([72, server.sensorId]);
  });
});
