import type { PreparedAnswer } from '../../src/testing/index.js';
import { ProofMaker } from '../../src/testing/index.js';
import { HeartWorld, READ, STREAM } from '../support/heart-world.js';
import { ResourceServerApplication } from '../support/resource-server-application.js';
import '../support/uma-matchers.js';
import { type Outcome, type Presented, type WayIn, WAYS_IN, WAYS_IN_FROM_OUTSIDE } from '../support/ways-in.js';

const METADATA = `${ResourceServerApplication.baseUrl}/.well-known/oauth-protected-resource`;
const SUMMARY = 'heart-rate:summary';
/** For so long an answer about a token is kept. */
const CACHE_MS = 10_000;

type Members = Readonly<Record<string, unknown>>;
type Try = (presented: Presented) => Promise<Outcome>;

/** By each way the same holds; what HTTP has headers for stands in the message of a socket. */
describe.each(WAYS_IN.map((way) => [way.name, way] as const))('the resource server, by %s', (_name, way) => {
  let world: HeartWorld;
  let carol: HeartWorld;
  let attempt: Try;
  let tokens = 0;
  const isFromOutside = WAYS_IN_FROM_OUTSIDE.includes(way);

  beforeAll(async () => {
    world = await HeartWorld.start('sqlite', { timeoutMs: 800 });
    await world.beat(70);
    carol = await world.another('carol', 'PATc1');
    await carol.beat(71);
  });
  afterAll(() => world.stop());

  beforeEach(async () => {
    attempt = await way.prepare(world);
    world.as.calls.splice(0);
  });
  afterEach(() => {
    world.sendAway();
    carol.sendAway();
  });

  const newToken = (): string => `rpt-${++tokens}`;
  /** A token of which is said what a good one says, but for these members. */
  const tokenWith = (members: Members = {}, scopes: readonly string[] = [way.scope]): string => {
    const token = newToken();
    world.give(token, scopes, members);
    return token;
  };
  const permission = (members: Members = {}): object => ({
    resource_id: world.umaId,
    resource_scopes: [way.scope],
    ...members,
  });
  const asked = () => world.as.callsTo('permission').map(({ pat, body }) => [pat, body]);

  function expectChallenge({ isOpen, refusal, text }: Outcome): void {
    expect(isOpen).toBe(false);
    expect(refusal).toBeUmaChallenge({ asUri: world.as.issuer, ticket: world.as.lastTicket });
    expect(text).not.toContain('"heartRate"');
  }
  function expectUnreachable({ isOpen, refusal, text }: Outcome): void {
    expect(isOpen).toBe(false);
    expect(refusal).toBeAuthorizationServerUnreachable();
    expect(text).not.toMatch(/"heartRate"|"ticket"/);
  }
  const expectOpen = ({ isOpen, refusal }: Outcome): void => {
    expect([isOpen, refusal]).toEqual([true, isOpen ? refusal : undefined]);
  };

  describe('without a token that opens it', () => {
    const comeEmptyHanded = async (): Promise<Outcome> => {
      if (isFromOutside) return attempt({});
      // On a socket that is in there is always the token of the handshake: it is good no more.
      await world.as.withdraw('door');
      return attempt({});
    };

    it('gives a new ticket each time, which it asked for as its owner, for what the call needs (T41, RS-1, RS-2, RS-3, RS-9)', async () => {
      if (!isFromOutside) world.clock.advanceMs(CACHE_MS);
      const first = await comeEmptyHanded();
      expectChallenge(first);
      const firstTicket = world.as.lastTicket;
      expectChallenge(await attempt({}));
      expect(world.as.lastTicket).not.toBe(firstTicket);
      const wanted = { resource_id: world.umaId, resource_scopes: [way.scope] };
      expect(asked()).toEqual([
        ['PATa1', wanted],
        ['PATa1', wanted],
      ]);
    });

    it('refuses a token that is worth nothing, with a new ticket (T43, RS-5, RS-6)', async () => {
      expectChallenge(await attempt({ token: 'made-up' }));
    });

    it('refuses one for another scope, with a ticket for the one that it takes (T43, RS-2, RS-5, RS-6)', async () => {
      const others = [READ, STREAM, SUMMARY].filter((scope) => scope !== way.scope);
      expectChallenge(await attempt({ token: tokenWith({}, others) }));
      expect(asked()).toEqual([['PATa1', { resource_id: world.umaId, resource_scopes: [way.scope] }]]);
    });

    it('finds owner and PAT by the resource, not by the token (RS-7)', async () => {
      const token = tokenWith();
      const atCarols = await way.prepare(carol);
      world.as.calls.splice(0);
      expectChallenge(await atCarols({ token }));
      expect(world.as.callsTo('introspection').map(({ pat }) => pat)).toEqual(['PATc1']);
      expect(asked()).toEqual([['PATc1', { resource_id: carol.umaId, resource_scopes: [way.scope] }]]);
    });

    it('says that there is no such resource, and asks nobody (RS-15)', async () => {
      const nowhere = world.under('stomach');
      const { isOpen, refusal } = isFromOutside
        ? await (
            await way.prepare(nowhere)
          )({ token: tokenWith() })
        : await attempt({ token: tokenWith(), resource: 'stomach' });
      nowhere.sendAway();
      expect(isOpen).toBe(false);
      expect(refusal).toMatchObject({ status: 404 });
      expect(world.as.calls).toEqual([]);
    });
  });

  describe('while no ticket can be had', () => {
    it.each<[string, PreparedAnswer]>([
      ['does not answer', 'hang'],
      ['answers 500', { status: 500, body: { error: 'server_error' } }],
      ['answers 400 invalid_resource_id', { status: 400, body: { error: 'invalid_resource_id' } }],
      ['answers without a ticket', { status: 201, body: {} }],
    ])(
      'says so, without a challenge and without data: the permission endpoint %s (T42, RS-4, RS-10)',
      async (_what, answer) => {
        world.as.prepare('permission', answer);
        expectUnreachable(await attempt({ token: 'made-up' }));
        world.as.prepare('permission', undefined);
        expectChallenge(await attempt({ token: 'made-up' }));
      },
    );

    it('asks no more after five failures, until three seconds have passed (RS-10)', async () => {
      world.as.prepare('introspection', { status: 500 });
      for (let count = 0; count < 5; count++) expectUnreachable(await attempt({ token: 'made-up' }));
      world.as.calls.splice(0);
      expectUnreachable(await attempt({ token: 'made-up' }));
      expect(world.as.calls).toEqual([]);
      world.as.prepare('introspection', undefined);
      world.clock.advanceMs(3_000);
      expectChallenge(await attempt({ token: 'made-up' }));
    });
  });

  describe('with a cuckoo token', () => {
    const second = (): number => world.clock.nowSeconds();

    it.each<[string, () => Members]>([
      ['for another resource', () => ({ permissions: [permission({ resource_id: carol.umaId })] })],
      ['for the resource under our own id', () => ({ permissions: [permission({ resource_id: world.id })] })],
      ['with the wrong scope', () => ({ permissions: [permission({ resource_scopes: [SUMMARY] })] })],
      ['with no scope', () => ({ permissions: [permission({ resource_scopes: [] })] })],
      [
        'with right id and right scope in two permissions',
        () => ({
          permissions: [permission({ resource_scopes: [SUMMARY] }), permission({ resource_id: carol.umaId })],
        }),
      ],
      ['of a foreign issuer', () => ({ iss: 'https://evil.test' })],
      ['for a foreign audience', () => ({ aud: 'https://evil.test' })],
      ['without permissions', () => ({ permissions: [] })],
      ['with a scope in place of permissions', () => ({ permissions: undefined, scope: way.scope })],
      ['whose permission is past', () => ({ permissions: [permission({ exp: second() - 1 })] })],
      ['whose permission begins later', () => ({ permissions: [permission({ nbf: second() + 60 })] })],
      ['that is past itself', () => ({ exp: second() - 1 })],
      ['that begins later itself', () => ({ nbf: second() + 60 })],
      ['that is bound in a way that nobody knows', () => ({ cnf: { 'x5t#S256': 'thumbprint' } })],
    ])('%s is closed, with a new ticket (T44, RS-5, RS-11, RS-12)', async (_what, members) => {
      expectChallenge(await attempt({ token: tokenWith(members()) }));
    });

    it('opens by the right permission in second place (T44, RS-11, positive control)', async () => {
      const permissions = [permission({ resource_id: carol.umaId }), permission()];
      expectOpen(await attempt({ token: tokenWith({ permissions }) }));
    });
  });

  describe('with a token that changes', () => {
    it('does not open for one that was revoked once its answer may be kept no longer (T45)', async () => {
      const token = tokenWith();
      expectOpen(await attempt({ token }));
      await world.as.withdraw(token);
      world.clock.advanceMs(CACHE_MS);
      expectChallenge(await attempt({ token }));
    });

    it('does not open for one after its end, whatever is kept of it (T45)', async () => {
      const token = tokenWith({ exp: world.clock.nowSeconds() + 2 });
      expectOpen(await attempt({ token }));
      world.clock.advanceMs(3_000);
      expectChallenge(await attempt({ token }));
    });

    it('opens at once for one that was upgraded in place: it asks again before it refuses (T45)', async () => {
      const token = tokenWith({}, [SUMMARY]);
      expectChallenge(await attempt({ token }));
      world.give(token, [SUMMARY, way.scope]);
      expectOpen(await attempt({ token }));
    });
  });

  describe('with a token that is bound to a key', () => {
    let maker: ProofMaker;

    beforeAll(async () => {
      maker = await ProofMaker.make();
    });

    const bound = (): string => tokenWith({ token_type: 'DPoP', cnf: { jkt: maker.jkt } });
    const proofFor = (token: string, claims: Members = {}, by = maker): Promise<string> =>
      by.proof({ token, url: way.proofUrl(world), nowSeconds: world.clock.nowSeconds() }, claims);

    it('opens with a proof of its holder, once (T46, RS-12, positive control)', async () => {
      const token = bound();
      const dpop = await proofFor(token);
      expectOpen(await attempt({ token, dpop }));
      expectChallenge(await attempt({ token, dpop }));
    });

    it('does not open when it is merely borne, though its holder was let in before (T46, RS-12)', async () => {
      const token = bound();
      expectChallenge(await attempt({ token }));
      expectOpen(await attempt({ token, dpop: await proofFor(token) }));
      expectChallenge(await attempt({ token }));
    });

    it.each<[string, Members]>([
      ['for another address', { htu: `${ResourceServerApplication.baseUrl}/elsewhere` }],
      ['for another method', { htm: 'DELETE' }],
      ['for another token', { ath: 'another' }],
      ['that is old', { iat: 1 }],
      ['without an id', { jti: undefined }],
    ])('does not open with a proof %s (T46, RS-12)', async (_what, claims) => {
      const token = bound();
      expectChallenge(await attempt({ token, dpop: await proofFor(token, claims) }));
    });

    it('does not open with the proof of another key (T46, RS-12)', async () => {
      const token = bound();
      expectChallenge(await attempt({ token, dpop: await proofFor(token, {}, await ProofMaker.make()) }));
    });
  });

  it('opens under the id of the newest registration, and no more under the one before (RS-8)', async () => {
    const token = tokenWith();
    expectOpen(await attempt({ token }));
    const before = world;
    world = await world.registerAgain();
    expect(world.umaId).not.toBe(before.umaId);
    world.clock.advanceMs(CACHE_MS);
    attempt = await way.prepare(world);
    expectChallenge(await attempt({ token }));
    expectOpen(await attempt({ token: tokenWith() }));
  });
});

describe('the resource server, to clients of all kinds', () => {
  let world: HeartWorld;

  beforeAll(async () => {
    world = await HeartWorld.start('sqlite', { extraChallenges: ['Bearer', 'DPoP'], challengeBody: true });
    await world.beat(70);
    world.give('rpt');
  });
  afterAll(() => world.stop());

  const get = (path: string, headers = {}) => world.server.ask(`/resources/${world.id}/heart-rate${path}`, { headers });

  describe.each(['', '/live'])('over HTTP (…/heart-rate%s)', (path) => {
    it('has the challenge of UMA in a line of its own, before all others, with its metadata (RS-3, RS-14)', async () => {
      const { headers } = await get(path, { authorization: 'Bearer made-up' });
      const [uma, bearer, dpop] = headers['www-authenticate'] as string[];
      const { issuer, lastTicket } = world.as;
      expect(uma).toBe(
        `UMA realm="heart", as_uri="${issuer}", ticket="${lastTicket}", resource_metadata="${METADATA}"`,
      );
      expect(bearer).toBe(`Bearer realm="heart", error="invalid_token", resource_metadata="${METADATA}"`);
      expect(dpop).toMatch(/^DPoP realm="heart", error="invalid_token", .*algs="ES256/);
    });

    it('has the challenge as a body too, by setting (RS-16)', async () => {
      const told = await get(path);
      expect(told.json()).toEqual({ as_uri: world.as.issuer, ticket: world.as.lastTicket });
    });

    it('lets nobody keep a challenge, and pages of other origins read it; asking what is allowed is open (RS-13)', async () => {
      const origin = 'https://viewer.test';
      const { status, headers } = await get(path, { origin });
      expect([status, headers['cache-control']]).toEqual([401, 'no-store']);
      expect(headers['access-control-expose-headers']).toContain('WWW-Authenticate');
      const preflight = await world.server.app.inject({
        method: 'OPTIONS',
        url: `/resources/${world.id}/heart-rate${path}`,
        headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
      });
      expect(preflight.statusCode).toBe(204);
    });
  });

  it('lets nobody keep the data (RS-13)', async () => {
    const { headers } = await get('', { authorization: 'Bearer rpt' });
    const reader = await world.follow({ authorization: 'Bearer rpt' });
    expect([headers['cache-control'], reader.headers['cache-control']]).toEqual(Array(2).fill('private, no-store'));
  });

  it('has on sockets one message with all of it, by any setting (RS-3, RS-14, RS-16)', async () => {
    const refusal: unknown = await world.connect({ token: 'made-up' }).catch((error: unknown) => error);
    expect(refusal).toEqual({
      status: 401,
      error: 'invalid_token',
      error_description: expect.any(String) as string,
      as_uri: world.as.issuer,
      ticket: world.as.lastTicket,
    });
  });
});

describe.each(WAYS_IN.map((way) => [way.name, way] as const))(
  'a resource server whose PAT is refused, by %s',
  (_name, way: WayIn) => {
    it('is closed without a challenge, and opens once its owner has signed in again (T42, RS-4, RS-10)', async () => {
      const world = await HeartWorld.start('sqlite');
      const attempt = await way.prepare(world);
      world.give('rpt');
      world.as.pats.clear();
      const { isOpen, refusal } = await attempt({ token: 'rpt' });
      expect(isOpen).toBe(false);
      expect(refusal).toBeAuthorizationServerUnreachable();
      world.as.pats.add('PATa2');
      await world.server.signIn('alice', 'Alice', 'PATa2');
      expect((await attempt({ token: 'rpt' })).isOpen).toBe(true);
      await world.stop();
    });
  },
);
