import type { AddressInfo } from 'node:net';

import type { INestApplication } from '@nestjs/common';
import { request } from 'undici';

import { umaChallengeOf } from '../../../src/uma/protocol/challenge.js';
import { AS_UNREACHABLE_WARNING } from '../../../src/uma/protocol/constants.js';
import { FixedResources } from '../../../src/testing/index.js';
import { guardedApplication, SECRET_BEAT } from '../../support/guarded-application.js';
import { HEART, VendorWorld } from '../../support/vendors/vendor-world.js';
import { VENDORS } from '../../support/vendors/vendors.js';

const READ = 'heart-rate:read';
const SUMMARY = 'heart-rate:summary';
const READING = { resource: 'R1', scopes: [READ] };

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

describe.each(VENDORS)('the guard in front of $preset', (vendor) => {
  let world: VendorWorld;
  let app: INestApplication;
  let base: string;
  const server = () => world.server;

  beforeEach(async () => {
    world = await VendorWorld.start(vendor);
    server().register('R1', HEART);
    server().register('R2', { ...HEART, name: 'Other' });
    const resources = new FixedResources();
    for (const [id, umaResourceId] of [['heart', 'R1'] as const, ['other', 'R2'] as const]) {
      resources.resources.set(id, { id, owner: world.alice, umaResourceId });
    }
    const { clock, pats, known } = world;
    app = await guardedApplication({ clock, pats, resources }, { authorizationServers: [known], timeoutMs: 300 });
    base = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  });
  afterEach(async () => {
    await app.close();
    await server().stop();
  });

  async function get(path: string, token?: string): Promise<Reply> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await request(`${base}/resources/${path}`, { headers });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  }
  const read = (token?: string) => get('heart/heart-rate', token);

  function expectChallenge({ status, headers, body }: Reply): void {
    expect(status).toBe(401);
    const challenge = umaChallengeOf([headers['www-authenticate'] ?? ''].flat(), undefined);
    expect(challenge).toEqual({ asUri: server().issuer, ticket: server().lastTicket });
    expect(body).not.toContain(SECRET_BEAT);
  }

  function expectUnreachable({ status, headers, body }: Reply): void {
    expect(status).toBe(403);
    expect(headers['warning']).toBe(AS_UNREACHABLE_WARNING);
    expect(headers['www-authenticate']).toBeUndefined();
    expect(body).not.toContain(SECRET_BEAT);
  }

  it('T41: answers a read without a token with its issuer and a new ticket each time', async () => {
    expectChallenge(await read());
    const first = server().lastTicket;
    expectChallenge(await read());
    expect(server().lastTicket).not.toBe(first);
    const [{ headers, body } = { headers: {}, body: '' }] = server().callsTo('permission');
    expect(headers.authorization).toBe('Bearer PATa1');
    expect([JSON.parse(body)].flat()).toEqual([{ resource_id: 'R1', resource_scopes: [READ] }]);
  });

  it.each<[string, (of: VendorWorld) => void]>([
    [
      'does not answer',
      ({ server: as }) => {
        as.silent.add('permission');
      },
    ],
    [
      'answers 500',
      ({ server: as }) => {
        as.override = ({ path }) => (path === vendor.paths.permission ? { status: 500 } : undefined);
      },
    ],
    [
      'refuses the PAT, and the one after it',
      ({ pats }) => {
        pats.set('alice', 'old').next = 'also old';
      },
    ],
    [
      'knows the resource no more',
      ({ server: as }) => {
        as.forget('R1');
      },
    ],
  ])('T42: warns, with no challenge and no data, when it %s', async (_what, prepare) => {
    prepare(world);
    expectUnreachable(await read());
  });

  it('T43: answers a token that is not active, or permits too little, with a new ticket', async () => {
    expectChallenge(await read('garbage'));
    expectChallenge(await read(server().issue([{ ...READING, scopes: [SUMMARY] }])));
    const [, { body } = { body: '' }] = server().callsTo('permission');
    expect(body).toContain(READ);
  });

  describe('T44: lets nobody in', () => {
    const past = () => world.clock.nowSeconds() - 1;
    it.each<[string, () => string]>([
      ['for another resource', () => server().issue([{ ...READING, resource: 'R2' }])],
      [
        'with another scope, and the right one for another resource',
        () =>
          server().issue([
            { ...READING, resource: 'R2' },
            { ...READING, scopes: [SUMMARY] },
          ]),
      ],
      ['without permissions', () => server().issue([])],
      [
        'with a scope in place of permissions',
        () => server().issue([READING], { permissions: undefined, scope: READ }),
      ],
      ['of another issuer', () => server().issue([READING], { iss: 'https://evil.example' })],
      [
        'with a permission that has ended',
        () => server().issue([], { permissions: [{ resource_id: 'R1', resource_scopes: [READ], exp: past() }] }),
      ],
      [
        'with a permission that has not begun',
        () => server().issue([], { permissions: [{ resource_id: 'R1', resource_scopes: [READ], nbf: past() + 60 }] }),
      ],
      ['that has ended', () => server().issue([READING], { exp: past() })],
      ['bound to a key that nobody shows', () => server().issue([READING], { cnf: { jkt: 'x' } })],
    ])('%s', async (_what, issue) => {
      expectChallenge(await read(issue()));
    });

    it('but who has the right permission, wherever in the list', async () => {
      const rpt = server().issue([{ resource: 'R2', scopes: [SUMMARY] }, { ...READING, scopes: [SUMMARY] }, READING]);
      expect(await read(rpt)).toMatchObject({ status: 200 });
    });
  });

  it('T44: reads in aud whom a token is for, where aud says that here', async () => {
    const { status } = await read(server().issue([READING], { aud: 'https://other.example' }));
    const saysSo = ['standard', 'keycloak'].includes(vendor.preset);
    expect(status).toBe(saysSo ? 401 : 200);
  });

  it('T45: takes no token once it was revoked, but for ten seconds at most', async () => {
    const rpt = server().issue([READING]);
    expect((await read(rpt)).status).toBe(200);
    server().revoke(rpt);
    world.clock.advanceMs(10_000);
    expectChallenge(await read(rpt));
  });

  it('T45: takes no token beyond its end', async () => {
    const rpt = server().issue([READING], { exp: world.clock.nowSeconds() + 2 });
    expect((await read(rpt)).status).toBe(200);
    world.clock.advanceMs(3000);
    expectChallenge(await read(rpt));
  });

  it('T45: takes a token at once that was upgraded in place', async () => {
    const rpt = server().issue([{ ...READING, scopes: [SUMMARY] }]);
    expectChallenge(await read(rpt));
    server().upgrade(rpt, [{ ...READING, scopes: [SUMMARY, READ] }]);
    expect((await read(rpt)).status).toBe(200);
  });
});
