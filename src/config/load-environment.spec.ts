import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigurationError } from './configuration-error.js';
import { loadEnvironment } from './load-environment.js';
import { printConfiguration } from './print-configuration.js';
import { ResourceServerEnvironment } from './resource-server.environment.js';
import { settingsOf } from './setting.decorator.js';

describe('loading the configuration of a process', () => {
  let directory: string;
  const write = (file: string, text: string) => {
    writeFileSync(join(directory, file), text);
  };
  const load = (variables: Record<string, string> = {}, readOnly = false) =>
    loadEnvironment(ResourceServerEnvironment, { process: 'resource-server', variables, directory, readOnly });
  const originsOf = ({ originOf }: ReturnType<typeof load>, ...names: string[]) =>
    settingsOf(ResourceServerEnvironment)
      .filter(({ name }) => names.includes(name))
      .map((setting) => `${setting.name}: ${originOf(setting)}`);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'configuration-'));
    write('.env', 'RS_CLIENT_SECRET=from-dotenv\nRS_PORT=4001\nUMA_REALM="quoted realm"\n');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('reads .env, and lets the real environment win', () => {
    const loaded = load({ RS_PORT: '4002' });
    expect(loaded.environment).toMatchObject({ RS_PORT: 4002, UMA_REALM: 'quoted realm' });
    expect(originsOf(loaded, 'RS_PORT', 'UMA_REALM', 'HOST')).toEqual([
      'HOST: default',
      'RS_PORT: environment',
      'UMA_REALM: .env',
    ]);
  });

  it('reads a value with # in it from .env whole when it stands in quotes, and only then', () => {
    write('.env', 'RS_CLIENT_SECRET="one#two"\nUMA_REALM=one#two\n');
    const { RS_CLIENT_SECRET, UMA_REALM } = load().environment;
    expect([RS_CLIENT_SECRET.reveal(), UMA_REALM]).toEqual(['one#two', 'one']);
  });

  it('does without .env', () => {
    rmSync(join(directory, '.env'));
    expect(load({ RS_CLIENT_SECRET: 'rs' }).environment.RS_PORT).toBe(4000);
  });

  it('refuses a .env that cannot be read', () => {
    rmSync(join(directory, '.env'));
    mkdirSync(join(directory, '.env'));
    expect(() => load()).toThrow(new ConfigurationError(['.env: the file cannot be read']));
  });

  it('reads the old file that LEGACY_CONFIG names, under everything else', () => {
    write(
      'config.js',
      'exports.gluuServerAddess = "gluu.org"; exports.umaRealm = "gluu"; exports.resourceServerPort = 9;',
    );
    const loaded = load({ LEGACY_CONFIG: 'config.js' });
    expect(loaded.environment).toMatchObject({
      AS_ISSUER: 'https://gluu.org',
      UMA_REALM: 'quoted realm',
      RS_PORT: 4001,
    });
    expect(loaded.warnings).toEqual([expect.stringContaining('gluuServerAddess')]);
    expect(originsOf(loaded, 'AS_ISSUER')).toEqual(['AS_ISSUER: legacy file']);
  });

  it('refuses an old file that is not there', () => {
    expect(() => load({ LEGACY_CONFIG: 'missing.js' })).toThrow('LEGACY_CONFIG: the file it names cannot be read');
  });

  it('makes a key at the first start, for its owner alone, and finds it again', () => {
    const first = load();
    const file = join(directory, '.data', 'resource-server.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(first.environment.SECRET_KEY.reveal());
    expect(first.environment.SECRET_KEY.reveal()).toHaveLength(43);
    expect(load().environment.SECRET_KEY.reveal()).toBe(first.environment.SECRET_KEY.reveal());
    expect(originsOf(first, 'SECRET_KEY')).toEqual(['SECRET_KEY: key file']);
  });

  it('makes no key file when the key is set', () => {
    load({ SECRET_KEY: 's'.repeat(32), DATA_DIR: 'elsewhere' });
    expect(() => statSync(join(directory, 'elsewhere'))).toThrow('ENOENT');
  });

  it('refuses a data folder that cannot hold the key, without its path', () => {
    write('occupied', '');
    expect(() => load({ DATA_DIR: 'occupied/data' })).toThrow('DATA_DIR: the key file in it cannot be read (ENOTDIR)');
    symlinkSync('nowhere', join(directory, 'resource-server.key'));
    expect(() => load({ DATA_DIR: '.' })).toThrow('DATA_DIR: the key file in it cannot be made (EEXIST)');
  });

  it('prints every variable with value, origin and meaning, and no secret', () => {
    const table = printConfiguration(ResourceServerEnvironment, load({ TRUST_PROXY: '10.0.0.1,10.0.0.2' }, true));
    const lines = table.split('\n');
    expect(lines).toHaveLength(settingsOf(ResourceServerEnvironment).length + 1);
    expect(table).toMatch(/^RS_PORT +4001 +\.env +Port the resource server listens on/m);
    expect(table).toMatch(/^TRUST_PROXY +10\.0\.0\.1,10\.0\.0\.2 +environment /m);
    expect(table).toMatch(/^RS_CLIENT_SECRET +\[redacted\] +\.env /m);
    expect(table).toMatch(/^DATABASE_URL +\(a SQLite file in DATA_DIR\) +default /m);
    expect(table).not.toContain('from-dotenv');
    expect(
      new Set(lines.map((line) => line.search(/(?<= {2})(From|default|\.env|environment|made at)/))),
    ).toHaveProperty('size', 1);
  });

  it('makes no key file when it only looks, but shows the one there is', () => {
    expect(originsOf(load({}, true), 'SECRET_KEY')).toEqual(['SECRET_KEY: made at the first start']);
    expect(() => statSync(join(directory, '.data'))).toThrow('ENOENT');
    load();
    expect(originsOf(load({}, true), 'SECRET_KEY')).toEqual(['SECRET_KEY: key file']);
  });
});
