import { setTimeout } from 'node:timers/promises';

import { FakeAuthorizationServer, type PreparedAnswer } from '../../src/testing/index.js';
import { HeartWorld, READ, STREAM } from '../support/heart-world.js';
import { drip, FAILURES } from '../support/lies.js';
import '../support/uma-matchers.js';
import { type Outcome, type Presented, WAYS_IN } from '../support/ways-in.js';

/** How long the resource server waits for an answer here. */
const TIMEOUT_MS = 800;
/** For so long it asks nobody after many failures. */
const PAUSE_MS = 3_000;
/** So often an authorization server that tells of nothing is asked about a stream. */
const ASK_EVERY_MS = 15_000;
/** After this time keys are fetched anew, when there is none of the right name among them, and in any case. */
const KEYS_MS = { missing: 10_000, wrong: 600_000 };
/** A heart rate that stands nowhere else. */
const BEAT = 137;

type Try = (presented: Presented) => Promise<Outcome>;

describe('a resource server whose authorization server', () => {
  let world: HeartWorld;
  let tries: readonly Try[];
  let tokens = 0;

  const begin = async (options: object = {}): Promise<void> => {
    world = await HeartWorld.start('sqlite', { timeoutMs: TIMEOUT_MS, ...options });
    await world.beat(BEAT);
  };
  const prepare = async (ways = WAYS_IN): Promise<void> => {
    tries = await Promise.all(ways.map((way) => way.prepare(world)));
  };
  const tryAll = (token: string): Promise<readonly Outcome[]> =>
    Promise.all(tries.map((attempt) => attempt({ token })));
  const newToken = (): string => `rpt-${++tokens}`;

  const expectClosed = async (token: string, expectRefusal: (refusal: unknown) => void): Promise<void> => {
    for (const { isOpen, refusal, text } of await tryAll(token)) {
      expect([isOpen, text.includes('"heartRate"')]).toEqual([false, false]);
      expectRefusal(refusal);
    }
  };
  const unreachable = (refusal: unknown): void => {
    expect(refusal).toBeAuthorizationServerUnreachable();
  };
  const challenged = (refusal: unknown): void => {
    expect(refusal).toBeUmaChallenge({ asUri: world.as.issuer });
  };
  /** Nobody has restarted anything. */
  const expectOpenAgain = async (token: string): Promise<void> => {
    world.clock.advanceMs(PAUSE_MS);
    const outcomes = await tryAll(token);
    expect(outcomes.filter(({ isOpen }) => !isOpen)).toEqual([]);
    // The handshake of a socket gives no data yet.
    expect(outcomes.filter(({ text }) => !text.includes(`"heartRate":${BEAT}`))).toHaveLength(1);
  };

  describe('says what tokens are worth', () => {
    beforeAll(() => begin());
    afterAll(() => world.stop());
    beforeEach(() => {
      world.clock.advanceMs(PAUSE_MS);
      return prepare();
    });

    it.each(Object.entries(FAILURES))(
      'but %s: nothing is let through, and all is well once it is well',
      async (_what, failure) => {
        const token = newToken();
        world.give(token);
        world.as.prepare('introspection', failure(world.good([READ, STREAM])));
        await expectClosed(token, unreachable);
        world.as.prepare('introspection', undefined);
        await expectOpenAgain(token);
      },
    );

    it('but cannot be reached: nothing is let through, and all is well once it is back', async () => {
      const token = newToken();
      world.give(token);
      await world.as.stop();
      await expectClosed(token, unreachable);
      await expectClosed(token, unreachable); // and after so many failures it is not even tried
      await world.as.listen();
      await expectOpenAgain(token);
    });

    it.each<[string, (good: Record<string, unknown>) => object]>([
      ['of text', (good) => ({ ...good, active: 'true' })],
      ['of numbers', (good) => ({ ...good, active: 1 })],
      ['of nothing', (good) => ({ ...good, active: undefined })],
      ['whose end is no number', (good) => ({ ...good, exp: '9999999999' })],
      ['whose beginning is no number', (good) => ({ ...good, nbf: {} })],
      ['whose issuer is no text', (good) => ({ ...good, iss: ['https://as.test'] })],
      ['whose audience is an object', (good) => ({ ...good, aud: { rs: true } })],
    ])('but in answers %s: nothing is let through', async (_what, lie) => {
      const token = newToken();
      world.as.tokens.set(token, { ...lie(world.good([READ, STREAM])) });
      await expectClosed(token, unreachable);
      world.give(token);
      await expectOpenAgain(token);
    });

    it.each<[string, (good: Record<string, unknown>) => object]>([
      ['inactive, and says much good of it', (good) => ({ ...good, active: false })],
      ['good for another resource', (good) => ({ ...good, permissions: [permission('another')] })],
      ['good for every resource', (good) => ({ ...good, permissions: [permission('*')] })],
      ['good by a list that is an object', (good) => ({ ...good, permissions: permission(world.umaId) })],
      [
        'good by scopes that are a text',
        (good) => ({ ...good, permissions: [permission(world.umaId, `${READ} ${STREAM}`)] }),
      ],
      ['another’s', (good) => ({ ...good, iss: 'https://evil.test' })],
      ['meant for another', (good) => ({ ...good, aud: 'https://evil.test' })],
      ['past', (good) => ({ ...good, exp: world.clock.nowSeconds() })],
      ['bound to something that nobody knows', (good) => ({ ...good, cnf: { ghost: 'x' } })],
    ])('and calls a token %s: it opens nothing', async (_what, says) => {
      const token = newToken();
      world.as.tokens.set(token, { ...says(world.good([READ, STREAM])) });
      await expectClosed(token, challenged);
    });

    const permission = (id: string, scopes: unknown = [READ, STREAM]): object => ({
      resource_id: id,
      resource_scopes: scopes,
    });

    it.each<[string, PreparedAnswer]>([
      ['none', { status: 201, body: {} }],
      ['an empty one', { status: 201, body: { ticket: '' } }],
      ['a number', { status: 201, body: { ticket: 7 } }],
      ['a line break in it', { status: 201, body: { ticket: 'a"\r\nset-cookie: evil=1' } }],
      ['letters that no header can carry', { status: 201, body: { ticket: '♥' } }],
      ['one that no client could take', { status: 201, body: { ticket: 't'.repeat(100_000) } }],
      ['half of one', drip],
    ])('and gives as a ticket %s: that is told, and nobody is sent to it', async (_what, answer) => {
      world.as.prepare('permission', answer);
      await expectClosed('made-up', unreachable);
      world.as.prepare('permission', undefined);
      world.clock.advanceMs(PAUSE_MS);
      await expectClosed('made-up', challenged);
    });
  });

  describe('says nothing of streams that are open', () => {
    beforeAll(() => begin());
    afterAll(() => world.stop());

    it.each<[string, PreparedAnswer, string]>([
      ['it fails', { status: 500 }, 'unreachable'],
      ['it does not answer', 'hang', 'unreachable'],
      ['it lies', { status: 200, body: { active: 'true' } }, 'unreachable'],
      ['it says no', { status: 200, body: { active: false } }, 'withdrawn'],
    ])('since %s: they end and say so, and go on without loss', async (_what, answer, reason) => {
      const token = newToken();
      world.give(token);
      const [client, reader] = [await world.watch(token), await world.follow({ authorization: `Bearer ${token}` })];
      await Promise.all([client.told('snapshot'), reader.told('snapshot')]);
      world.as.prepare('introspection', answer);
      world.pass(ASK_EVERY_MS);
      await Promise.all([client.told('ended'), reader.ended()]);
      expect([client.end, reader.end]).toEqual([reason, reason]);
      await world.beat(BEAT, BEAT + 1);
      expect([...client.heartRates, ...reader.heartRates]).toEqual([]);
      world.as.prepare('introspection', undefined);
      world.clock.advanceMs(PAUSE_MS);
      expect(await client.order('subscribe', { after: client.lastId })).toMatchObject({ resource: world.id });
      expect(await client.counts(2)).toEqual([BEAT, BEAT + 1]);
    });
  });

  describe('signs what tokens are worth', () => {
    // Nobody is connected before: the keys would be known.
    beforeEach(async () => {
      await begin({ decisionMode: 'jwt' });
      await prepare(WAYS_IN.slice(0, 3));
    });
    afterEach(() => world.stop());

    it.each<[string, (other: FakeAuthorizationServer) => PreparedAnswer, (refusal: unknown) => void, number]>([
      ['are away', () => ({ status: 500 }), unreachable, PAUSE_MS],
      ['never come', () => 'hang', unreachable, PAUSE_MS],
      ['are none', () => ({ status: 200, body: {} }), unreachable, PAUSE_MS],
      ['are garbage', () => ({ status: 200, text: 'keys' }), unreachable, PAUSE_MS],
      ['are an empty list', () => ({ status: 200, body: { keys: [] } }), challenged, KEYS_MS.missing],
      ['are another’s', (other) => ({ status: 200, body: other.keys.jwks() }), challenged, KEYS_MS.wrong],
    ])('but its keys %s: nothing is let through, and all is well with the right ones', async (...row) => {
      const [, lie, refused, waitMs] = row;
      const other = await FakeAuthorizationServer.start();
      world.as.prepare('keys', lie(other));
      const { iss, aud, exp } = world.good([]);
      const claims = { iss, aud, exp, iat: world.clock.nowSeconds() };
      const token = await world.as.mintSigned({ permissions: { [world.umaId]: [READ, STREAM] }, claims });
      await expectClosed(token, refused);
      world.as.prepare('keys', undefined);
      world.clock.advanceMs(waitMs);
      await expectOpenAgain(token);
      await other.stop();
    });
  });

  it('is slow keeps nobody else waiting: sensors are answered meanwhile', async () => {
    await begin();
    await prepare();
    world.as.prepare('introspection', 'hang');
    const waiting = tryAll(newToken());
    await setTimeout(20);
    await world.beat(BEAT);
    expect((await waiting).map(({ isOpen }) => isOpen)).toEqual([false, false, false, false]);
    await world.stop();
  });
});
