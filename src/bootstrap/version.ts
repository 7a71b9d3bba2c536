import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this software, as `package.json` has it. @throws Error when that file is not two folders above */
export function softwareVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
