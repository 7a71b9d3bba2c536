import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { request } from 'undici';

import { SystemClock } from '../../src/common/clock.js';
import { type Database, type Dialect, openDatabase } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { Sensors } from '../../src/measurements/sensors.js';
import { createDatabaseHome, type DatabaseHome } from '../support/databases.js';
import { FakeSensor } from '../support/fake-sensor.js';
import { freePort } from '../support/free-port.js';

const START = Date.parse('2026-03-01T12:00:00Z');
const BATCH = 50;
const IN_FLIGHT = 8;
const KILL_AFTER = 40;

const batch = (number: number): readonly object[] =>
  Array.from({ length: BATCH }, (_nothing, index) => ({
    heartRate: 60 + (index % 40),
    timestamp: new Date(START + (number * BATCH + index) * 1000).toISOString(),
  }));

describe.each<Dialect>(['sqlite', 'postgres'])('a resource server that is killed during ingest (%s)', (dialect) => {
  let home: DatabaseHome;
  let port: number;
  let server: ChildProcess;
  let database: Database<MeasurementTables>;
  const url = (): string => `http://127.0.0.1:${port}`;

  const start = async (): Promise<void> => {
    server = spawn(process.execPath, ['dist/main.resource-server.js'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        LOG_LEVEL: 'error',
        DATA_DIR: home.directory,
        ...(home.url !== undefined && { DATABASE_URL: home.url }),
        RS_PORT: String(port),
        RS_BASE_URL: url(),
        RS_CLIENT_SECRET: 'nobody asks for it',
        AS_ISSUER: `http://127.0.0.1:${await freePort()}`, // nobody is there, and sensors need nobody
      },
    });
    while (!(await isLive())) {
      if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}.`);
      await setTimeout(50);
    }
  };
  const isLive = async (): Promise<boolean> => {
    try {
      const { statusCode, body } = await request(`${url()}/health/live`);
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  };
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const open = async (): Promise<void> => {
    database = await openDatabase<MeasurementTables>({
      ...home.optionsFor('resource_server'),
      file: join(home.directory, 'resource-server.sqlite'),
    });
  };

  beforeEach(async () => {
    home = await createDatabaseHome(dialect);
    port = await freePort();
    await start();
    await open();
  });
  afterEach(async () => {
    await kill();
    await database.close();
  });

  it('has lost nothing that it acknowledged, and takes the rest when it is sent again', async () => {
    const { credential } = await new Sensors(database, new SystemClock()).create('resource', 'Chest strap');
    const sensor = await FakeSensor.connect(url(), credential.reveal());
    const acknowledged: number[] = [];
    let sent = 0;
    let killed: Promise<void> | undefined;
    const killMidway = async (): Promise<void> => {
      // First it is stopped: what it has answered arrives, and what follows that is on its way when it is killed.
      server.kill('SIGSTOP');
      let before: number;
      do {
        before = sent;
        await setTimeout(100);
      } while (before !== sent);
      await kill();
    };
    const sendOn = async (): Promise<void> => {
      for (;;) {
        const number = sent++;
        const answer = await sensor.send(batch(number)).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer).toEqual({ stored: BATCH, duplicate: 0, refused: 0 });
        acknowledged.push(number);
        if (acknowledged.length >= KILL_AFTER) killed ??= killMidway();
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, sendOn));
    await killed;
    sensor.leave();
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILL_AFTER);
    expect(sent).toBe(acknowledged.length + IN_FLIGHT);

    const rows = await database.kysely.selectFrom('heart_rate_sample').select('recorded_ms').execute();
    const stored = new Set(rows.map(({ recorded_ms }) => recorded_ms));
    const lost = acknowledged.flatMap(batch).filter((item) => {
      return !stored.has(Date.parse((item as { timestamp: string }).timestamp));
    });
    expect(lost).toEqual([]);

    await start();
    const again = await FakeSensor.connect(url(), credential.reveal());
    const wasThere = { stored: 0, duplicate: BATCH, refused: 0 };
    for (let number = 0; number < sent; number++) {
      const answer = await again.send(batch(number));
      // A batch whose answer was lost is there as a whole or not at all.
      const mayBeNew = !acknowledged.includes(number) && (answer as { stored: number }).stored > 0;
      expect(answer).toEqual(mayBeNew ? { stored: BATCH, duplicate: 0, refused: 0 } : wasThere);
    }
    again.leave();
  });
});
