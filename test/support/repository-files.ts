import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files of the repository below a folder whose names match, as paths from its root. */
export function filesBelow(folder: string, name: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
