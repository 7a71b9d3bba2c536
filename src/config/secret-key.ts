import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { errorCode } from '../common/error-code.js';
import { randomHandle } from '../common/randomness.js';
import { ConfigurationError } from './configuration-error.js';

/** The key kept in a file, if there is one. */
export function readSecretKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new ConfigurationError([`DATA_DIR: the key file in it cannot be read (${errorCode(error) ?? 'unknown'})`]);
  }
}

/**
 * The key kept in a file, which is made at the first call and readable by its owner alone.
 *
 * @throws ConfigurationError when the file can neither be read nor made
 */
export function keepSecretKey(file: string): string {
  const kept = readSecretKey(file);
  if (kept !== undefined) return kept;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const key = randomHandle();
    // Another instance may have been quicker: its key holds.
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  } catch (error) {
    const others = errorCode(error) === 'EEXIST' ? readSecretKey(file) : undefined;
    if (others !== undefined) return others;
    throw new ConfigurationError([`DATA_DIR: the key file in it cannot be made (${errorCode(error) ?? 'unknown'})`]);
  }
}
