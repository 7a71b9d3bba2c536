import { request } from 'undici';

import { REGISTRATION_TOKEN } from '../support/authorization-server.js';
import { ClientApplication } from '../support/client-application.js';
import { HeartWorld } from '../support/heart-world.js';
import { UmaWorld } from '../support/uma-world.js';

type Headers = Readonly<Record<string, string>>;

/** Where something is sent to, by somebody who may send there. */
interface Target {
  readonly url: string;
  readonly headers: Headers;
}

const DEPTHS = [5_000, 20_000, 60_000];

const FORMS = {
  arrays: (depth: number) => '['.repeat(depth) + ']'.repeat(depth),
  objects: (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth),
  'objects in a known member': (depth: number) =>
    `{"name":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}, "token": "t"}`,
} as const;

const BODIES = DEPTHS.flatMap((depth) =>
  Object.entries(FORMS).map(([form, make]) => ({ what: `${depth} ${form}`, body: make(depth) })),
);

/** A token without a signature, with such a payload. */
const deepToken = (depth: number): string =>
  ['{"alg":"ES256","kid":"1","typ":"secevent+jwt"}', `{"iss":"x","events":${FORMS.objects(depth)}}`, 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

const TYPES = ['application/json', 'application/secevent+jwt'];

/** Sends each body as each type. @returns the answers that are no refusals */
async function faultsAt({ url, headers }: Target): Promise<readonly unknown[]> {
  const faults: unknown[] = [];
  for (const type of TYPES) {
    for (const { what, body } of BODIES) {
      const answer = await request(url, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
      await answer.body.dump();
      const { statusCode } = answer;
      const isRefused = statusCode >= 400 && statusCode < 500;
      if (!isRefused) faults.push({ type, what, statusCode });
    }
  }
  return faults;
}

describe('JSON of very many levels', () => {
  describe('at the resource server', () => {
    let world: HeartWorld;
    beforeAll(async () => {
      world = await HeartWorld.start('sqlite');
    });
    afterAll(() => world.stop());

    it.each(['/api/pairings', '/api/pairings/token', '/measurements', '/sensor-status', '/security-events'])(
      'is refused at %s',
      async (path) => {
        const headers = { authorization: `Bearer ${world.credential}` };
        expect(await faultsAt({ url: world.url + path, headers })).toEqual([]);
      },
    );

    it('is refused in a security event token', async () => {
      const headers = { 'content-type': 'application/secevent+jwt' };
      const answer = await request(`${world.url}/security-events`, { method: 'POST', headers, body: deepToken(5_000) });
      await answer.body.dump();
      expect(answer.statusCode).toBe(400);
    });

    it('is refused where an owner is signed in', async () => {
      const headers = await world.server.signIn('alice');
      expect(await faultsAt({ url: `${world.url}/api/sensors`, headers })).toEqual([]);
    });
  });

  describe('at the authorization server', () => {
    let world: UmaWorld;
    beforeAll(async () => {
      world = await UmaWorld.start('sqlite');
    });
    afterAll(() => world.close());

    it.each([
      '/introspect',
      '/ssf/streams',
      '/register',
      '/token',
      '/uma/permission',
      '/uma/resources',
      '/par',
      '/api/settings',
    ])('is refused at %s, whoever sends it', async (path) => {
      const url = world.issuer + path;
      const basic = Buffer.from(`${world.rs1.id}:${world.rs1.secret}`).toString('base64');
      for (const authorization of [`Bearer ${world.patA1}`, `Basic ${basic}`, `Bearer ${REGISTRATION_TOKEN}`]) {
        expect(await faultsAt({ url, headers: { authorization } })).toEqual([]);
      }
    });
  });

  describe('at the client server', () => {
    let client: ClientApplication;
    beforeAll(async () => {
      client = await ClientApplication.start('sqlite');
    });
    afterAll(() => client.stop());

    it('is refused at /api/access', async () => {
      const { browser, csrfToken } = await client.signIn('bob');
      const cookie = browser.cookies.header(new URL(client.baseUrl)) ?? '';
      const headers = { cookie, 'x-csrf-token': csrfToken };
      expect(await faultsAt({ url: `${client.baseUrl}/api/access`, headers })).toEqual([]);
    });
  });
});
