import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digest } from '../common/digest.js';
import { randomId } from '../common/randomness.js';
import type { Person } from './person.js';

/** Files that each person has in a folder of their own. */
export class UserFiles {
  /** @param folder holds one folder per person, named by a digest so that no identifier can lead elsewhere */
  constructor(private readonly folder: string) {}

  /** Where a person's files are. */
  folderOf({ issuer, subject }: Person): string {
    return join(this.folder, digest(JSON.stringify([issuer, subject])));
  }

  /**
   * Writes a file whole or not at all: a reader sees the old text or the new one, never a part.
   *
   * @param name a plain file name of ours, not a path
   * @returns the file's path
   */
  async write(owner: Person, name: string, text: string): Promise<string> {
    const folder = this.folderOf(owner);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const file = join(folder, name);
    const unfinished = `${file}.${randomId()}`;
    try {
      await writeFile(unfinished, text, { mode: 0o600, flush: true });
      await rename(unfinished, file);
    } finally {
      await rm(unfinished, { force: true });
    }
    return file;
  }
}
