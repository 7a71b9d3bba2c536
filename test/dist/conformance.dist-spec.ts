import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Dialect } from '../../src/database/database.js';
import { demoEnvironments } from '../../src/demo/demo-environment.js';
import { DemoFolder } from '../../src/demo/demo-folder.js';
import { type DemoWorld, newDemoWorld } from '../../src/demo/demo-world.js';
import { ServerProcess } from '../../src/demo/server-process.js';
import { BUILT } from '../support/boot-stack.js';
import { createDatabaseHome, type DatabaseHome } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { RoundRobinProxy } from '../support/round-robin-proxy.js';

interface Verdict {
  readonly id: string;
  readonly level: string;
  readonly status: string;
  readonly detail: string;
}

/** Every case number of the suite. */
const NUMBERS = [...Array.from({ length: 55 }, (_unused, index) => `T${String(index).padStart(2, '0')}`), 'T32b'];

describe.each<readonly [Dialect, number]>([
  ['sqlite', 1],
  ['postgres', 2],
])(
  'the conformance suite against our own servers, with the authorization server on %s in %i instances',
  (dialect, instances) => {
    let home: DatabaseHome;
    let proxy: RoundRobinProxy;
    let world: DemoWorld;
    let servers: readonly ServerProcess[];

    beforeAll(async () => {
      home = await createDatabaseHome(dialect);
      const ports = await Promise.all(Array.from({ length: instances }, freePort));
      proxy = await RoundRobinProxy.start(ports);
      const { issuer } = proxy;
      world = newDemoWorld({ issuer, resourceServer: 'http://localhost:1', client: 'http://localhost:2' });
      new DemoFolder(home.directory).save(world);
      servers = ports.map(startInstance);
      await Promise.all(servers.map((server) => server.listening));
    });
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await proxy.stop();
    });

    function startInstance(port: number): ServerProcess {
      return new ServerProcess({
        name: 'authorization server',
        script: join(BUILT, 'main.authorization-server.js'),
        logFile: join(home.directory, `authorization-server-${port}.log`),
        environment: {
          ...demoEnvironments(world, home.directory).authorizationServer,
          ...(home.url !== undefined && { DATABASE_URL: home.url }),
          AS_PORT: String(port),
          LOG_LEVEL: 'warn',
          SECRET_KEY: 'the same secret key for every instance',
        },
      });
    }

    async function conformance(): Promise<{ readonly status: unknown; readonly verdicts: readonly Verdict[] }> {
      const json = join(home.directory, 'verdicts.json');
      const suite = ['--import', './tools/typescript.mjs', 'test/conformance/main.ts'];
      const child = spawn(process.execPath, [...suite, '--as', world.issuer, '--json', json], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          PATH: process.env['PATH'],
          DATA_DIR: home.directory,
          ...(home.url !== undefined && { CONFORMANCE_DATABASE_URL: home.url }),
        },
      });
      const [status] = (await once(child, 'close')) as readonly unknown[];
      return { status, verdicts: JSON.parse(readFileSync(json, 'utf8')) as readonly Verdict[] };
    }

    it('passes every case but one: T02 is about an issuer with a path, which this one has not', async () => {
      const { status, verdicts } = await conformance();
      const open = verdicts.filter(({ status: outcome }) => outcome !== 'pass');
      expect(open.map(({ id, status: outcome }) => `${id} ${outcome}`)).toEqual(['T02 skip']);
      expect(status).toBe(0);
      const numbers = new Set(verdicts.map(({ id }) => id.replace(/\..*/, '')));
      expect([...numbers].sort()).toEqual(NUMBERS.sort());
    }, 240_000);
  },
);
