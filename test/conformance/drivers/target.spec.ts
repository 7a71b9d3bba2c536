import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { demoTarget, readTarget } from './target.js';

describe('what is known of a server under test', () => {
  let folder: string;
  const write = (name: string, content: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const world = (issuer: string) => {
    const alice = { username: 'alice', password: 'demo' };
    return { issuer, registrationToken: `for ${issuer}`, accounts: [alice] };
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'conformance-target-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is that of the demo world with this issuer, also when it has ports of its own', () => {
    mkdirSync(join(folder, 'port-base-5000'));
    write('demo.json', world('http://localhost:8080'));
    write('port-base-5000/demo.json', world('http://localhost:5080'));
    expect(demoTarget('http://localhost:5080', folder)).toEqual({
      issuer: 'http://localhost:5080',
      registrationToken: 'for http://localhost:5080',
      accounts: { alice: { username: 'alice', password: 'demo' } },
    });
    expect(demoTarget('http://localhost:8080', folder)?.registrationToken).toBe('for http://localhost:8080');
  });

  it('is nothing for another issuer, a broken file or no folder at all', () => {
    writeFileSync(join(folder, 'demo.json'), '{');
    expect(demoTarget('http://localhost:8080', folder)).toBeUndefined();
    expect(demoTarget('http://localhost:8080', join(folder, 'nowhere'))).toBeUndefined();
  });

  it('is read from a file that names an issuer', () => {
    expect(readTarget(write('good.json', { issuer: 'https://as.test' }))).toEqual({ issuer: 'https://as.test' });
    expect(() => readTarget(write('bad.json', { accounts: {} }))).toThrow('bad.json names no issuer.');
  });
});
