// The floor of durable ingest: batches of samples into the same table with the same indexes, one statement each, and nothing
// else. Its first word is the address of the database.
import { Client } from 'pg';

import { randomId } from '../../src/common/randomness.js';
import { openDatabase } from '../../src/database/database.js';
import { migrateToLatest } from '../../src/database/migrate.js';
import { measurementMigrations, type MeasurementTables } from '../../src/database/resource-server/measurements.js';
import type { Ran } from '../measure/load.js';
import { quantile } from '../report/statistics.js';

const SCHEMA = 'unnest_alone';
const BATCH = 1_000;
const SENSORS = 16;
const HOUR_MS = 3_600_000;
const INSERT = `insert into ${SCHEMA}.heart_rate_sample
  (resource_id, recorded_ms, sensor_id, sensor_ms, heart_rate, received_ms, position)
  select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::integer[], $6::bigint[], $7::bigint[])
  on conflict (sensor_id, sensor_ms) do nothing`;

const [, , url = ''] = process.argv;
const database = await openDatabase<MeasurementTables>({ url, file: '', schema: SCHEMA });
await migrateToLatest(database, measurementMigrations);
await database.close();
const client = new Client({ connectionString: url });
await client.connect();

const resourceId = randomId();
const sensorIds = Array.from({ length: SENSORS }, randomId);
let nextMs = Date.now() - 6 * HOUR_MS;
let position = 0;

async function run(milliseconds: number): Promise<Ran> {
  const begin = performance.now();
  const latencies: number[] = [];
  while (performance.now() < begin + milliseconds) {
    const sent = performance.now();
    await client.query({ name: 'insert', text: INSERT, values: nextBatch().map((column) => `{${column.join()}}`) });
    latencies.push(performance.now() - sent);
  }
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    ...{ operations: latencies.length * BATCH, failures: 0, failure: undefined },
    ...{ milliseconds: performance.now() - begin, loadBusy: 0 },
    ...{ medianMs: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) },
  };
}

/** The sensors take turns: each sends for the same times. @returns the columns of a batch */
function nextBatch(): readonly (readonly (string | number)[])[] {
  const columns: (string | number)[][] = Array.from({ length: 7 }, () => []);
  const receivedMs = Date.now();
  for (let index = 0; index < BATCH; index += 1) {
    if (index % SENSORS === 0) nextMs += 1;
    const sample = [
      resourceId,
      nextMs,
      sensorIds[index % SENSORS] ?? '',
      nextMs,
      60 + (index % 60),
      receivedMs,
      ++position,
    ];
    for (const [column, value] of sample.entries()) columns[column]?.push(value);
  }
  return columns;
}

process.on('message', (message: { type: string; milliseconds: number }) => {
  if (message.type === 'run') void run(message.milliseconds).then((ran) => process.send?.({ type: 'ran', ...ran }));
});
process.channel?.ref();
process.send?.({ type: 'listening' });
process.once('SIGTERM', () => process.exit());
