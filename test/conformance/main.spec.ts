import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../support/free-port.js';

describe('the command of the conformance suite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'conformance-main-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the command. @returns its exit status, and what it says to the operator */
  const run = (...words: string[]): Promise<{ readonly status: unknown; readonly said: string }> =>
    new Promise((resolve) => {
      const command = ['--import', './tools/typescript.mjs', 'test/conformance/main.ts', ...words];
      const env = { PATH: process.env['PATH'], DATA_DIR: folder };
      execFile(process.execPath, command, { env }, (error, _told, said) => {
        resolve({ status: error?.code ?? 0, said });
      });
    });

  it('says that there is no such case', async () => {
    const { status, said } = await run('--as', 'https://as.test', '--only', 'T17,T99');
    expect([status, said.split('\n')[0]]).toEqual([2, 'There is no case T99.']);
  });

  it('says that a server does not answer, and where it was looked for', async () => {
    const issuer = `http://127.0.0.1:${await freePort()}`;
    writeFileSync(join(folder, 'demo.json'), JSON.stringify({ issuer, registrationToken: 'token', accounts: [] }));
    const { status, said } = await run('--as', issuer, '--only', 'T01');
    expect(status).toBe(2);
    expect(said).toContain(
      `There is no answer at ${issuer}/.well-known/uma2-configuration (ECONNREFUSED). Does the server run?`,
    );
  });

  it('ends with 1 when no case was run, and says why', async () => {
    const { status, said } = await run('--as', 'https://as.test', '--only', 'T41');
    expect([status, said]).toEqual([1, 'No case was run: those that were named are of a party that is not tested.\n']);
  });
});
