import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { UserFiles } from './user-files.js';

describe('UserFiles', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pulsegate-files-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const bob = { issuer: 'https://as.example', subject: 'bob' };

  it('keeps the newest text of a file, and no unfinished one beside it', async () => {
    const files = new UserFiles(folder);
    await files.write(bob, 'hearthRate.txt', 'old\n');
    const file = await files.write(bob, 'hearthRate.txt', 'new\n');
    expect(await readFile(file, 'utf8')).toBe('new\n');
    expect(await readdir(files.folderOf(bob))).toEqual(['hearthRate.txt']);
  });

  it('lets only the process itself read them', async () => {
    const file = await new UserFiles(folder).write(bob, 'hearthRate.txt', 'text');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('keeps people of different authorization servers apart, whatever their subject is', async () => {
    const files = new UserFiles(folder);
    const impostor = { issuer: 'https://other.example', subject: '../bob' };
    expect(files.folderOf(impostor)).not.toBe(files.folderOf(bob));
    expect((await files.write(impostor, 'hearthRate.txt', 'x')).startsWith(folder)).toBe(true);
  });

  it('leaves nothing behind when the file cannot be put in place', async () => {
    const files = new UserFiles(folder);
    await files.write(bob, 'taken', 'x');
    await expect(files.write(bob, 'missing/hearthRate.txt', 'x')).rejects.toThrow();
    expect(await readdir(files.folderOf(bob))).toEqual(['taken']);
  });
});
