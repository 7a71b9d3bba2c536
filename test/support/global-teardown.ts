import type { PostgresServer } from './postgres-server.js';

/** Jest calls this once per run, after failures too. */
export default async function tearDown(): Promise<void> {
  const { testPostgresServer } = globalThis as { testPostgresServer?: PostgresServer };
  await testPostgresServer?.stop();
}
