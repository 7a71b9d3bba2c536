import type { Run } from '../line.js';
import { findPostgres, postgresDirectories, unprivilegedAccount } from '../../test/support/postgres-programs.js';
import { startPostgres as start } from '../../test/support/postgres-server.js';

/** A PostgreSQL server with an empty database, every commit on the disk. @returns its address, as `DATABASE_URL` */
export async function startPostgres({ later }: Pick<Run, 'later'>): Promise<string> {
  const account = unprivilegedAccount();
  const programs = await findPostgres(postgresDirectories(), account);
  const server = await start(programs, account, { fsync: 'on', full_page_writes: 'on' });
  later(() => server.stop());
  return server.url;
}
