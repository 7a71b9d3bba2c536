import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { request } from 'undici';

import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { BuiltProcess } from '../support/built-process.js';
import { freePort } from '../support/free-port.js';
import { installPacked } from '../support/packed-package.js';
import '../support/uma-matchers.js';

const EXAMPLE = resolve('examples/photo-album');
const ALICE = { username: 'alice', password: 'demo' };
const BOB = { username: 'bob', password: 'demo' };

const run = promisify(execFile);
const node = (...words: string[]) => run(process.execPath, words, { cwd: EXAMPLE, env: { PATH: process.env['PATH'] } });

/** A program that says what a module exports. */
const named = (module: string): string => `console.log(Object.keys(${module}).sort().join())`;

interface Named {
  readonly id: string;
  readonly name: string;
}

describe('the example of a photo album, with the packed package', () => {
  let files: readonly string[];

  beforeAll(async () => {
    files = installPacked(EXAMPLE);
    rmSync(join(EXAMPLE, 'dist'), { recursive: true, force: true });
    // Our declarations are looked at too, as strict users do.
    await node(resolve('node_modules/typescript/bin/tsc'), '--skipLibCheck', 'false').catch((error: unknown) => {
      throw new Error(`It does not compile: ${(error as { stdout: string }).stdout}`);
    });
  });

  it('gets what a user needs, and no test, no source map and no tool of ours', () => {
    for (const needed of ['README.md', 'LICENSE', 'docs/guard.md', 'dist/uma/index.js', 'dist/uma/index.d.ts']) {
      expect(files).toContain(needed);
    }
    expect(files.filter((file) => /\.spec\.|\.map$|^(?:src|test|tools|web|bench|examples)\//.test(file))).toEqual([]);
  });

  it.each(['uma', 'uma-client', 'authorization-server', 'testing'])(
    'can import and require pulsegate/%s',
    async (name) => {
      const imported = await node('--input-type=module', '-e', named(`await import('pulsegate/${name}')`));
      const required = await node('--input-type=commonjs', '-e', named(`require('pulsegate/${name}')`));
      expect(imported.stdout).toMatch(/[a-z]/);
      expect(required.stdout).toBe(imported.stdout);
    },
  );

  it.each(['pulsegate', 'pulsegate/dist/uma/index.js', 'pulsegate/dist/uma/guard/admission.js', 'pulsegate/config'])(
    'cannot reach what is not published: %s',
    async (specifier) => {
      const text = `await import('${specifier}').catch(({ code }) => console.log(code))`;
      expect((await node('--input-type=module', '-e', text)).stdout).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
    },
  );

  it('passes its own tests', async () => {
    const { stdout } = await node('--test', '--test-reporter=tap', 'dist/test/album.test.js');
    expect(stdout).toMatch(/^# pass [1-9]/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });

  describe('that runs', () => {
    const alice = new UserAgent();
    const bob = new UserAgent();
    let environment: Readonly<Record<string, string>>;
    let url: string;
    let album: BuiltProcess;
    let photos: readonly Named[];
    let account: Session;

    beforeAll(async () => {
      environment = { PORT: String(await freePort()) };
      url = `http://localhost:${environment['PORT'] ?? ''}`;
      album = new BuiltProcess('start', { home: EXAMPLE, folder: EXAMPLE, environment });
      await album.answers(`${url}/as/.well-known/uma2-configuration`);
    });
    afterAll(async () => {
      expect(await album.stop()).toBe(0);
    });

    const ask = async (path: string) => {
      const { statusCode, headers, body } = await request(`${url}${path}`);
      return { statusCode, headers, body: await body.text() };
    };
    const share = (name: string, ...scopes: string[]) => {
      const resourceId = photos.find((photo) => photo.name === name)?.id;
      return account.call('POST', '/as/api/shares', { resourceId, scopes, grantee: { username: BOB.username } });
    };

    /** Runs the viewer, which Bob signs in for. @returns what it shows at the end */
    async function view(path: string, method = 'GET'): Promise<string> {
      const words = [`${url}${path}`, method];
      const viewer = new BuiltProcess('view', { home: EXAMPLE, folder: EXAMPLE, words, environment });
      await viewer.until(() => viewer.output.includes('user_code='));
      const [address = ''] = /http\S+/.exec(viewer.output) ?? [];
      let page = await bob.get(address);
      for (const button of ['Continue', 'Continue']) page = await bob.submit({}, { button });
      if (page.title.startsWith('Sign in')) page = await bob.submit(BOB, { button: 'Sign in' });
      if (page.title.startsWith('Allow')) await bob.submit({}, { button: 'Allow' });
      expect(await viewer.ended).toBe(0);
      return viewer.output.split('\n').slice(1).join('\n').trim();
    }

    it('protects photos once their owner has signed in', async () => {
      expect((await ask('/photos/beach')).statusCode).toBe(404);
      account = await Session.begin(alice, `${url}/as/account`, ALICE);
      await alice.get(`${url}/login`);
      const { text } = await alice.submit({}, { button: 'Allow' });
      expect(text).toContain('The beach at dawn, The harbour at noon, The garden in May: yours');
      expect(await ask('/photos/beach')).toBeUmaChallenge({ asUri: `${url}/as` });
      photos = (await account.call('GET', '/as/api/resources')) as readonly Named[];
    });

    it('shows nobody a photo that is not shared', async () => {
      expect(await view('/photos/beach')).toBe('It is not to be seen: denied.');
    });

    it('shows Bob the photo that Alice lets him view, and prints it not', async () => {
      await share('The beach at dawn', 'view');
      const viewed = await view('/photos/beach');
      expect(JSON.parse(viewed)).toEqual({ id: 'beach', title: 'The beach at dawn' });
      expect(await view('/photos/beach/prints', 'POST')).toBe('It is not to be seen: denied.');
      expect(await view('/albums/holiday')).toBe('It is not to be seen: denied.');
    });

    it('prints where he may print, and shows the album when all of it is shared', async () => {
      await share('The harbour at noon', 'view', 'print');
      expect(JSON.parse(await view('/photos/harbour/prints', 'POST'))).toMatchObject({ printing: 'harbour' });
      expect(JSON.parse(await view('/albums/holiday'))).toHaveLength(2);
    });
  });
});
