import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { request } from 'undici';

import { SystemClock } from '../../src/common/clock.js';
import { type Database, openDatabase } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { Sensors } from '../../src/measurements/sensors.js';
import { BuiltProcess } from '../support/built-process.js';
import { createDatabaseHome, type DatabaseHome } from '../support/databases.js';
import { FakeSensor } from '../support/fake-sensor.js';
import { freePort } from '../support/free-port.js';
import { PRLIMIT, requireProgram } from '../support/system-programs.js';

const run = promisify(execFile);

const START = Date.parse('2026-03-01T12:00:00Z');
const BATCH = 100;
const STORED = { stored: BATCH, duplicate: 0, refused: 0 };
/** What a file may still grow by: nothing that is worth a commit. */
const ROOM_BYTES = 1_000;

const timesOf = (number: number): readonly number[] =>
  Array.from({ length: BATCH }, (_none, index) => START + (number * BATCH + index) * 1_000);
const batch = (number: number): readonly object[] =>
  timesOf(number).map((recordedMs) => ({ heartRate: 70, timestamp: new Date(recordedMs).toISOString() }));

describe('a resource server that has no room on its disk', () => {
  let prlimit: string;
  let home: DatabaseHome;
  let url: string;
  let server: BuiltProcess;
  let database: Database<MeasurementTables>;
  let sensor: FakeSensor;
  let credential: string;

  beforeAll(async () => {
    prlimit = await requireProgram(PRLIMIT);
    home = await createDatabaseHome('sqlite');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = new BuiltProcess('start:resource-server', {
      folder: home.directory,
      environment: {
        NODE_ENV: 'test',
        DATA_DIR: home.directory,
        RS_PORT: String(port),
        RS_BASE_URL: url,
        RS_CLIENT_SECRET: 'nobody asks for it',
        AS_ISSUER: `http://127.0.0.1:${await freePort()}`, // nobody is there, and sensors need nobody
      },
    });
    await server.answers(`${url}/health/live`);
    database = await openDatabase({ ...home.optionsFor('resource-server') });
    const made = await new Sensors(database, new SystemClock()).create('resource', 'Chest strap');
    credential = made.credential.reveal();
    sensor = await FakeSensor.connect(url, credential);
  });
  afterAll(async () => {
    sensor.leave();
    await server.stop('SIGKILL');
    await database.close();
  });

  /** From here on no file of the process grows beyond this: what it writes there fails. */
  const limitFilesTo = (bytes: number | 'unlimited') =>
    run(prlimit, ['--pid', String(server.pid), `--fsize=${bytes}:`]);

  async function post(json: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await request(`${url}/measurements`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    return { status: answer.statusCode, body: await answer.body.json() };
  }

  async function canStore(): Promise<string> {
    const { body } = await request(`${url}/health/ready`);
    const { details } = (await body.json()) as { details: Record<string, { status: string }> };
    return details['storing measurements']?.status ?? 'not told';
  }

  it('says so, keeps what it acknowledged, and stores again when there is room', async () => {
    expect(await sensor.send(batch(0))).toEqual(STORED);
    expect(await canStore()).toBe('up');

    await limitFilesTo(statSync(join(home.directory, 'resource-server.sqlite-wal')).size + ROOM_BYTES);
    expect(await sensor.send(batch(1))).toMatchObject({ error: 'temporarily_unavailable' });
    expect(await post(batch(2))).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    expect(await canStore()).toBe('down');

    await limitFilesTo('unlimited');
    expect(await sensor.send(batch(1))).toEqual(STORED);
    expect(await post(batch(2))).toEqual({ status: 200, body: STORED });
    expect(await canStore()).toBe('up');

    await server.stop('SIGKILL');
    const rows = await database.kysely.selectFrom('heart_rate_sample').select('recorded_ms').execute();
    const times = rows.map(({ recorded_ms: recordedMs }) => recordedMs).sort((one, other) => one - other);
    expect(times).toEqual([0, 1, 2].flatMap(timesOf));
  });
});
