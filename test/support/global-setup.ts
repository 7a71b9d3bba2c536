import { createRequire } from 'node:module';

// Jest loads this file and what it needs without the mapping from .js to .ts that tests have.
const load = createRequire(import.meta.url);
const programs = load('./postgres-programs.ts') as typeof import('./postgres-programs.js');
const server = load('./postgres-server.ts') as typeof import('./postgres-server.js');

/** Jest calls this once per run, whatever the number of projects; the workers inherit the environment it leaves. */
export default async function setUp(): Promise<void> {
  const account = programs.unprivilegedAccount();
  const found = await programs.findPostgres(programs.postgresDirectories(), account);
  const started = await server.startPostgres(found, account);
  process.env['TEST_POSTGRES_URL'] = started.url;
  process.env['TEST_SCRATCH_DIRECTORY'] = started.scratchDirectory;
  Object.assign(globalThis, { testPostgresServer: started }); // for global-teardown.ts, in this same process
}
