import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Options } from './options.js';
import { planOf } from './plan.js';

describe('what a run tests', () => {
  const issuer = 'http://localhost:8080';
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'conformance-plan-'));
    writeFileSync(join(folder, 'demo.json'), JSON.stringify({ issuer, registrationToken: 'token', accounts: [] }));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const plan = (options: Partial<Options>) => planOf({ only: [], ...options }, folder);

  it('are all three servers of ours, when it names the issuer of the demo world', () => {
    expect(plan({ as: issuer })).toEqual({
      authorizationServer: { target: { issuer, registrationToken: 'token', accounts: {} }, driver: 'pulsegate' },
      resourceServer: 'pulsegate',
      client: 'pulsegate',
    });
    expect(Object.keys(plan({ as: issuer, resourceServer: 'none', client: 'none' }))).toEqual(['authorizationServer']);
  });

  it.each(['http://localhost:8080/', 'http://127.0.0.1:8080', 'http://[::1]:8080/'])(
    'is not guessed when %s is only nearly the issuer of the demo world: it is told',
    (as) => {
      expect(() => plan({ as })).toThrow('The issuer of the demo is http://localhost:8080, to the letter');
      expect(plan({ as, driver: 'by-hand' })).toMatchObject({ authorizationServer: { target: { issuer: as } } });
    },
  );

  it('is another authorization server alone, with policies set by hand unless a driver is named', () => {
    const as = 'https://as.test';
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ issuer: 'https://other.test', plainToken: 'x' }));
    expect(plan({ as })).toEqual({ authorizationServer: { target: { issuer: as }, driver: 'by-hand' } });
    expect(plan({ as, config, driver: 'keycloak' })).toEqual({
      authorizationServer: { target: { issuer: as, plainToken: 'x' }, driver: 'keycloak' },
    });
  });

  it('is what modules start, also without an authorization server', () => {
    expect(plan({ client: './mine.mjs' })).toEqual({ client: './mine.mjs' });
    expect(() => plan({})).toThrow('Nothing is named');
  });
});
