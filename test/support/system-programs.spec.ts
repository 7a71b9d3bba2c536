import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { requireProgram, type SystemProgram } from './system-programs.js';

describe('requireProgram', () => {
  let folder: string;
  let program: SystemProgram;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pulsegate-programs-'));
    program = { path: join(folder, 'tool'), trial: ['--check'], packages: ['tool', 'tool-extra'] };
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const bring = (script: string): Promise<void> => {
    writeFileSync(program.path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return Promise.resolve();
  };

  it('installs nothing when the program is there', async () => {
    await bring('[ "$1" = --check ]');
    const install = jest.fn();
    await expect(requireProgram(program, install)).resolves.toBe(program.path);
    expect(install).not.toHaveBeenCalled();
  });

  it('installs the packages when it is not, or lacks something', async () => {
    for (const before of [undefined, 'exit 1']) {
      if (before !== undefined) await bring(before);
      const install = jest.fn(() => bring('exit 0'));
      await expect(requireProgram(program, install)).resolves.toBe(program.path);
      expect(install).toHaveBeenCalledWith(['tool', 'tool-extra']);
    }
    expect(existsSync(program.path)).toBe(true);
  });

  it('says what is missing and what brings it when that cannot be installed', async () => {
    const failure = requireProgram(program, () => Promise.reject(new Error('no network')));
    await expect(failure).rejects.toThrow(
      /tool, which has to run --check: apt-get install tool tool-extra\n[^]*ENOENT\nError: no network/,
    );
  });

  it('says what the program lacks when it runs and is not enough', async () => {
    await bring('echo "No module named socketio" >&2; exit 1');
    await expect(requireProgram(program, () => Promise.resolve())).rejects.toThrow('No module named socketio');
  });
});
