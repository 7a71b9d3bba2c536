import { resolve } from 'node:path';

import type { Place } from './adapter.js';

/** Nothing may be held up by limits that are meant for strangers. */
const NO_LIMIT = '1000000';

/** What both of Pulsegate's processes are told. A database is named by a variable that nobody else's processes read. */
export function commonEnvironment({ issuer, folder }: Place): Readonly<Record<string, string>> {
  const { CONFORMANCE_DATABASE_URL: databaseUrl } = process.env;
  return {
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    NODE_ENV: 'development',
    LOG_LEVEL: 'trace',
    DATA_DIR: folder,
    AS_ISSUER: issuer,
    SECRET_KEY: 'secret key of a conformance run, long enough',
    RATE_LIMIT_SIGN_IN: NO_LIMIT,
    RATE_LIMIT_INGEST: NO_LIMIT,
    RATE_LIMIT_PROTECTED_READS: NO_LIMIT,
    RATE_LIMIT_ACCESS: NO_LIMIT,
  };
}

/** How one of the built entry points is started. */
export function commandOf(script: string): readonly string[] {
  return [process.execPath, '--enable-source-maps', resolve('dist', script)];
}
