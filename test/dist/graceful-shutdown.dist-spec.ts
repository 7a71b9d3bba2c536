import { join } from 'node:path';

import { SystemClock } from '../../src/common/clock.js';
import { type Database, type Dialect, openDatabase } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { ServerProcess } from '../../src/demo/server-process.js';
import { Sensors } from '../../src/measurements/sensors.js';
import { BUILT } from '../support/boot-stack.js';
import { createDatabaseHome, type DatabaseHome } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { FakeSensor } from '../support/fake-sensor.js';
import { freePort } from '../support/free-port.js';

const START = Date.parse('2026-03-01T12:00:00Z');
const BATCH = 500;
const IN_FLIGHT = 6;

const timesOf = (number: number): readonly number[] =>
  Array.from({ length: BATCH }, (_nothing, index) => START + (number * BATCH + index) * 1000);
const batch = (number: number): readonly object[] =>
  timesOf(number).map((recordedMs) => ({ heartRate: 70, timestamp: new Date(recordedMs).toISOString() }));

describe.each<Dialect>(['sqlite', 'postgres'])(
  'a resource server that is told to end during ingest (%s)',
  (dialect) => {
    let home: DatabaseHome;
    let url: string;
    let server: ServerProcess;
    let database: Database<MeasurementTables>;

    beforeAll(async () => {
      home = await createDatabaseHome(dialect);
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      server = new ServerProcess({
        name: 'resource server',
        script: join(BUILT, 'main.resource-server.js'),
        logFile: join(home.directory, 'resource-server.log'),
        environment: {
          DATA_DIR: home.directory,
          ...(home.url !== undefined && { DATABASE_URL: home.url }),
          RS_PORT: String(port),
          RS_BASE_URL: url,
          RS_CLIENT_SECRET: 'nobody asks for it',
          AS_ISSUER: `http://127.0.0.1:${await freePort()}`, // nobody is there, and sensors need nobody
        },
      });
      await server.listening;
      database = await openDatabase<MeasurementTables>({
        ...home.optionsFor('resource_server'),
        file: join(home.directory, 'resource-server.sqlite'),
      });
    });
    afterAll(async () => {
      await server.stop();
      await database.close();
    });

    it('answers for what it has stored, tells its sensors, and ends in time', async () => {
      const { credential } = await new Sensors(database, new SystemClock()).create('resource', 'Chest strap');
      const sensor = await FakeSensor.connect(url, credential.reveal());
      const closed = sensor.closed();
      const acknowledged = new Set<number>();
      let sent = 0;
      const sendOn = async (): Promise<void> => {
        for (;;) {
          const number = sent++;
          const answer = await Promise.race([sensor.send(batch(number)).catch(() => undefined), closed]);
          if (answer === undefined || 'error' in (answer as object)) return;
          expect(answer).toEqual({ stored: BATCH, duplicate: 0, refused: 0 });
          acknowledged.add(number);
        }
      };
      const sending = Promise.all(Array.from({ length: IN_FLIGHT }, sendOn));
      await eventually(() => acknowledged.size >= 3);
      await server.stop();
      // It would be 1 if it had taken too long.
      expect(await server.ended).toBe('exit code 0');
      await sending;

      expect(sensor.heard).toContainEqual(['shutdown']);
      const rows = await database.kysely.selectFrom('heart_rate_sample').select('recorded_ms').execute();
      const stored = new Set(rows.map(({ recorded_ms }) => recorded_ms));
      for (let number = 0; number < sent; number++) {
        const count = timesOf(number).filter((time) => stored.has(time)).length;
        // All of a batch, and then the sensor knows; or nothing.
        expect([number, count]).toEqual([number, acknowledged.has(number) ? BATCH : 0]);
      }
    });
  },
);
