import { readFileSync } from 'node:fs';

import { Client } from 'pg';

import { findPostgres, postgresDirectories, unprivilegedAccount } from '../../test/support/postgres-programs.js';
import { startPostgres as start } from '../../test/support/postgres-server.js';
import type { Run } from '../line.js';
import { tieToCore } from '../measure/cores.js';
import type { Meter } from '../measure/meter.js';
import { processTreeMeter, treeOf } from '../measure/process-tree.meter.js';

/** A PostgreSQL server with an empty database, every commit on the disk. */
export interface Postgres {
  /** Its address, as `DATABASE_URL`. */
  readonly url: string;
  /** What all its processes have used. */
  readonly meter: Meter;
}

/** Starts PostgreSQL on the core of the servers. */
export async function startPostgres({ cores, later }: Pick<Run, 'cores' | 'later'>): Promise<Postgres> {
  const account = unprivilegedAccount();
  const programs = await findPostgres(postgresDirectories(), account);
  const server = await start(programs, account, { fsync: 'on', full_page_writes: 'on' });
  later(() => server.stop());
  const pid = await postmasterOf(server.url);
  for (const each of treeOf(pid)) tieToCore(each, cores.server);
  return { url: server.url, meter: processTreeMeter(pid) };
}

/** The process that every connection's is a child of. */
async function postmasterOf(connectionString: string): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const stat = readFileSync(`/proc/${rows[0]?.pid ?? 0}/stat`, 'utf8');
  await client.end();
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
