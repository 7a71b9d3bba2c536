import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { demoEnvironments } from '../../src/demo/demo-environment.js';
import { type DemoWorld, newDemoWorld } from '../../src/demo/demo-world.js';
import { seed } from '../../src/demo/seeding.js';
import { ServerProcess } from '../../src/demo/server-process.js';
import { BUILT, signInAtClient } from '../support/boot-stack.js';
import { BuiltProcess } from '../support/built-process.js';
import { createDatabaseHome } from '../support/databases.js';
import { freePort } from '../support/free-port.js';

const SECRET = 'a secret that nobody may read';

describe('the resource server and the client, started alone', () => {
  let folder: string;
  let processes: BuiltProcess[];
  const start = (script: string, ...words: string[]): BuiltProcess => {
    const started = new BuiltProcess(script, { folder, words });
    processes.push(started);
    return started;
  };
  const dotEnv = (variables: Readonly<Record<string, string | undefined>>): void => {
    const lines = Object.entries(variables).map(([name, value]) => (value === undefined ? '' : `${name}=${value}\n`));
    writeFileSync(join(folder, '.env'), lines.join(''));
  };
  const everythingSaid = (): string => processes.map(({ output, complaints }) => output + complaints).join('');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pulsegate-alone-'));
    processes = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map((started) => started.stop()));
    rmSync(folder, { recursive: true });
  });

  describe.each(['sqlite', 'postgres'] as const)('with the .env of the README (%s)', (dialect) => {
    let authorizationServer: ServerProcess;
    let world: DemoWorld;
    beforeEach(async () => {
      const [issuer, resourceServer, client] = (await Promise.all([freePort(), freePort(), freePort()])).map(
        (port) => `http://localhost:${port}`,
      );
      world = newDemoWorld({ issuer: issuer ?? '', resourceServer: resourceServer ?? '', client: client ?? '' });
      authorizationServer = new ServerProcess({
        name: 'authorization server',
        script: join(BUILT, 'main.authorization-server.js'),
        environment: { ...demoEnvironments(world, folder).authorizationServer, LOG_LEVEL: 'warn' },
        logFile: join(folder, 'authorization-server.log'),
      });
      await authorizationServer.listening;
    });
    afterEach(() => authorizationServer.stop());

    it('work with the authorization server that it names', async () => {
      const { url } = await createDatabaseHome(dialect);
      const settings = {
        NODE_ENV: 'production',
        AS_ISSUER: world.issuer,
        RS_BASE_URL: world.resourceServer,
        RS_CLIENT_ID: world.clients.resourceServer.clientId,
        RS_CLIENT_SECRET: world.clients.resourceServer.clientSecret,
        CLIENT_BASE_URL: world.client,
        CLIENT_ID: world.clients.client.clientId,
        CLIENT_SECRET: world.clients.client.clientSecret,
        DATABASE_URL: url,
      };
      expect(Object.keys(settings).sort()).toEqual(namesInReadme());
      dotEnv({ ...settings, RS_PORT: new URL(world.resourceServer).port, CLIENT_PORT: new URL(world.client).port });
      const servers = [start('start:resource-server'), start('start:client')] as const;
      await Promise.all([
        servers[0].answers(`${world.resourceServer}/health/ready`),
        servers[1].answers(`${world.client}/health/ready`),
      ]);

      const { resource } = await seed(world);
      const bob = await signInAtClient(world, 'bob');
      expect(await bob.open(resource)).toMatchObject({ state: 'granted', samples: [] });
      expect(await Promise.all(servers.map((server) => server.stop('SIGINT')))).toEqual([0, 0]);
      for (const { clientSecret } of Object.values(world.clients)) expect(everythingSaid()).not.toContain(clientSecret);
    });
  });

  it.each([
    ['start:resource-server', 'RS_CLIENT_SECRET'],
    ['start:client', 'CLIENT_SECRET'],
  ])('%s shows its configuration with --print-config, and no secret', async (script, variable) => {
    dotEnv({ [variable]: SECRET, DATABASE_URL: `postgres://pulsegate:${SECRET}@db/pulsegate` });
    const shown = start(script, '--print-config');
    expect(await shown.ended).toBe(0);
    expect(shown.output).toMatch(new RegExp(`^${variable} +\\[redacted\\] +\\.env `, 'm'));
    expect(shown.output).toMatch(/^DATABASE_URL +\[redacted\] +\.env /m);
    expect(everythingSaid()).not.toContain(SECRET);
  });

  it.each([
    ['start:resource-server', { RS_CLIENT_SECRET: SECRET, RS_PORT: SECRET }, 'RS_PORT must be'],
    ['start:resource-server', {}, 'RS_CLIENT_SECRET is required'],
    ['start:client', { CLIENT_SECRET: SECRET, RESOURCE_SERVERS: SECRET }, 'RESOURCE_SERVERS'],
    [
      'start:client',
      { NODE_ENV: 'production', CLIENT_SECRET: SECRET, DEV_SHOW_TOKENS: 'true' },
      'DEV_SHOW_TOKENS must be',
    ],
  ])('%s does not start with a wrong setting, and names it without its value (%#)', async (script, settings, words) => {
    dotEnv(settings);
    const refused = start(script);
    expect(await refused.ended).toBe(78);
    expect(refused.complaints).toContain(words);
    expect(everythingSaid()).not.toContain(SECRET);
  });

  it('start:resource-server takes its settings from an old configuration file', async () => {
    const port = await freePort();
    writeFileSync(
      join(folder, 'config.js'),
      `module.exports = { resourceServerAddress: 'http://localhost:${port}', resourceServerPort: ${port},
        gluuServerAddress: 'https://as.example.org', resourceServerId: '@!1111!0008!', resourceServerSecret: '${SECRET}' };`,
    );
    dotEnv({ LEGACY_CONFIG: 'config.js' });
    const server = start('start:resource-server');
    await server.answers(`http://localhost:${port}/health/live`);
    expect(await server.stop()).toBe(0);
    const shown = start('start:resource-server', '--print-config');
    await shown.ended;
    expect(shown.output).toMatch(/^AS_ISSUER +https:\/\/as\.example\.org +legacy file /m);
    expect(everythingSaid()).not.toContain(SECRET);
  });
});

/** Names of the variables in the example of the README, sorted. */
function namesInReadme(): readonly string[] {
  const [, example = ''] = /```ini\n(.*?)```/s.exec(readFileSync('README.md', 'utf8')) ?? [];
  return Object.keys(parseEnv(example)).sort();
}
