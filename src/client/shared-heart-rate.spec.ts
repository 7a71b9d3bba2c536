import { Logger } from '@nestjs/common';

import type { LoginSession, SessionTokens } from '../auth/index.js';
import { Secret } from '../common/secret.js';
import type { Reason } from './access-state.js';
import type { Ending } from './flow-ending.js';
import { PROFILE_PATH } from '../uma/protocol/constants.js';
import { SharedHeartRate } from './shared-heart-rate.js';
import { SharedResources } from './shared-resources.js';
import { type FakeReply, FakeResourceServer, type SeenRequest } from './uma-client/servers.fake.js';
import { UmaWorld } from './uma-client/uma-client.fake.js';

const FROM = '2026-03-01T11:45:00.000Z';
const sample = (heartRate: number, minute = 0) => ({
  heartRate,
  recordedAt: new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString(),
});

describe('SharedHeartRate', () => {
  let world: UmaWorld;
  let hearts: SharedHeartRate;
  let resource: string;
  let idToken: Secret | undefined;
  let warned: jest.SpyInstance;
  beforeEach(async () => {
    warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.spyOn(Logger.prototype, 'log').mockReturnValue();
    world = await new UmaWorld().start();
    idToken = new Secret('id-token-of-bob');
    const tokens = { idToken: () => Promise.resolve(idToken) } as unknown as SessionTokens;
    hearts = new SharedHeartRate(new SharedResources(world.client(), tokens));
    resource = `${world.rs.origin}/resources/1/heart-rate`;
  });
  afterEach(async () => {
    await world.stop();
  });

  const session = (): LoginSession => ({
    id: 'session',
    person: { issuer: world.as.issuer, subject: 'bob' },
    csrfToken: 'csrf',
  });
  /** Nothing to see, for a reason, and nothing else that could be shown by mistake. */
  const nothing = (state: Reason, ending: object, wanted: string[] = []) => ({
    state,
    wanted,
    samples: [],
    ending: expect.objectContaining(ending) as Ending,
  });
  /** What the resource server answers whoever has an RPT. */
  const answers = (answer: (request: SeenRequest) => FakeReply) => {
    world.rs.override = (request) => (request.headers.authorization === undefined ? undefined : answer(request));
  };

  describe('the newest sample', () => {
    const latest = () => hearts.latest(session(), resource);

    it('is read with an RPT got for the person’s ID token', async () => {
      answers(() => ({ status: 200, body: sample(72) }));
      expect(await latest()).toEqual({ state: 'granted', wanted: [], samples: [sample(72)] });
      expect(world.as.tokenRequests).toMatchObject([{ claim_token: 'id-token-of-bob', resource: world.rs.origin }]);
    });

    it('is asked for below the resource, however its address ends', async () => {
      answers(() => ({ status: 200, body: sample(72) }));
      await hearts.latest(session(), `${resource}/`);
      expect(world.rs.to('/resources/1/heart-rate/latest')).not.toEqual([]);
    });

    it('holds nothing but value and time, whatever else was sent', async () => {
      answers(() => ({ status: 200, body: { ...sample(72), sensor: 'chest strap' } }));
      expect((await latest()).samples).toEqual([sample(72)]);
    });

    it('is missing while the sensor has not sent', async () => {
      answers(() => ({ status: 204 }));
      expect(await latest()).toEqual({ state: 'granted', wanted: [], samples: [] });
    });

    it.each([
      ['no JSON', { status: 200, body: 'heart' }, 'not-json'],
      ['something else', { status: 200, body: { status: 'fine' } }, 'not-heart-rate'],
      ['a value that is no number', { status: 200, body: { ...sample(72), heartRate: '72' } }, 'not-heart-rate'],
      ['a time that is none', { status: 200, body: { heartRate: 72, recordedAt: 'now' } }, 'not-heart-rate'],
      ['null', { status: 200, body: null }, 'not-heart-rate'],
    ])('cannot be read when the resource server answers %s', async (_what, reply, kind) => {
      answers(() => reply);
      expect(await latest()).toEqual(nothing('failed', { kind }));
      expect(warned).toHaveBeenCalledTimes(1);
    });

    it('is not shown to whom it is not shared with', async () => {
      world.as.outcomes.push(() => ({ status: 403, body: { error: 'request_denied' } }));
      expect(await latest()).toEqual(nothing('denied', { kind: 'denied' }));
      expect(warned).not.toHaveBeenCalled();
    });

    it('is not shown before the owner agrees', async () => {
      world.as.outcomes.push(() => ({
        status: 403,
        body: { error: 'request_submitted', ticket: 'next', interval: 5 },
      }));
      expect(await latest()).toEqual(nothing('owner-must-agree', { kind: 'submitted', intervalSeconds: 5 }));
    });

    it('is not shown to a person whose ID token is gone, and says what is wanted', async () => {
      idToken = undefined;
      const required_claims = [{ name: 'sub', friendly_name: 'Who you are' }];
      world.as.outcomes.push(() => ({ status: 403, body: { error: 'need_info', ticket: 'next', required_claims } }));
      expect(await latest()).toEqual(nothing('need-info', { kind: 'need-info' }, ['Who you are']));
    });

    it('is not there where the resource server knows no such resource', async () => {
      world.rs.override = () => ({ status: 404, body: { error: 'not_found' } });
      expect(await latest()).toEqual(nothing('not-found', { kind: 'answered' }));
    });

    it('is out of reach while the resource server is', async () => {
      await world.rs.stop();
      expect(await latest()).toEqual(nothing('resource-server-unreachable', { kind: 'resource-server-unreachable' }));
      expect(warned.mock.calls).toEqual([[expect.stringContaining(world.rs.origin)]]);
    });

    it('is out of reach when the resource server breaks off in the middle of it', async () => {
      const headers = { 'content-length': '1000', connection: 'close' };
      answers(() => ({ status: 200, headers, body: '{"heartRate":' }));
      expect(await latest()).toEqual(nothing('resource-server-unreachable', { kind: 'broken-off' }));
      expect(warned.mock.calls).toEqual([[expect.stringContaining(world.rs.origin)]]);
    });

    it('is out of reach when it all takes too long', async () => {
      const patience = new AbortController();
      jest.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
      world.rs.override = () => {
        patience.abort();
        return undefined;
      };
      expect(await latest()).toEqual(nothing('resource-server-unreachable', { kind: 'too-slow' }));
    });

    it('is an error when the ID token cannot be looked up', async () => {
      const tokens = { idToken: () => Promise.reject(new Error('database away')) } as unknown as SessionTokens;
      const failing = new SharedHeartRate(new SharedResources(world.client(), tokens));
      await expect(failing.latest(session(), resource)).rejects.toThrow('database away');
    });

    it('is out of reach while the authorization server is', async () => {
      await world.as.stop();
      const ending = { kind: 'authorization-server-unreachable', reportedBy: 'client' };
      expect(await latest()).toEqual(nothing('authorization-server-unreachable', ending));
      expect(warned.mock.calls).toEqual([[expect.stringContaining(world.as.issuer)]]);
    });

    it('is not asked for at a server that is not trusted', async () => {
      const stranger = await world.add(new FakeResourceServer(world.as));
      expect(await hearts.latest(session(), `${stranger.origin}/resources/1/heart-rate`)).toEqual(
        nothing('not-trusted', { kind: 'untrusted', server: 'resource-server' }),
      );
      expect(stranger.seen).toEqual([]);
    });
  });

  describe('of whom it is shared with as a stream alone', () => {
    const event = { id: '7', resource: '1', latest: sample(72) };
    const stream = (data: object): FakeReply => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: `event: snapshot\nid: 7\ndata: ${JSON.stringify(data)}\n\n`,
    });
    const denied = (): FakeReply => ({ status: 403, body: { error: 'request_denied' } });
    const read = () => world.rs.to('/resources/1/heart-rate/latest').length;

    beforeEach(() => {
      world.as.metadata = { uma_profiles_supported: [`${world.as.issuer}${PROFILE_PATH}`] };
      world.as.outcomes.push(denied);
      answers(({ path }) => (path.endsWith('/live') ? stream(event) : { status: 404 }));
    });

    it('the newest sample is told by the beginning of the stream', async () => {
      expect(await hearts.latest(session(), resource)).toEqual({ state: 'granted', wanted: [], samples: [sample(72)] });
    });

    it('there is no more of a history than that', async () => {
      expect(await hearts.since(session(), resource, FROM)).toMatchObject({ state: 'granted', samples: [sample(72)] });
    });

    it.each([
      { what: 'says of no profile', profiles: undefined },
      { what: 'has another profile', profiles: ['https://profiles.test/uma/profile'] },
      { what: 'has what is no list', profiles: 'all' },
    ])('no server is asked for it that $what: the owner might be asked twice', async ({ profiles }) => {
      world.as.metadata = { uma_profiles_supported: profiles };
      expect(await hearts.latest(session(), resource)).toEqual(nothing('denied', { kind: 'denied' }));
      expect(world.as.tokenRequests).toHaveLength(1);
    });

    it('it is told while the owner has not said whether it may be read', async () => {
      world.as.outcomes.length = 0;
      world.as.askOwner();
      expect(await hearts.latest(session(), resource)).toMatchObject({ state: 'granted', samples: [sample(72)] });
    });

    it('it is read again once that is shared, and the person opens it again', async () => {
      await hearts.latest(session(), resource);
      answers(({ path }) => (path.endsWith('/live') ? stream(event) : { status: 200, body: sample(64) }));
      expect(await hearts.latest(session(), resource)).toMatchObject({ samples: [sample(72)] });
      expect(await hearts.open(session(), resource)).toMatchObject({ samples: [sample(64)] });
      expect(await hearts.latest(session(), resource)).toMatchObject({ samples: [sample(64)] });
    });

    it('nothing is read in vain again', async () => {
      await hearts.latest(session(), resource);
      const before = [read(), world.as.tokenRequests.length];
      await hearts.latest(session(), resource);
      await hearts.since(session(), resource, FROM);
      expect([read(), world.as.tokenRequests.length]).toEqual(before);
    });

    it('nothing is shown once that has ended', async () => {
      await hearts.latest(session(), resource);
      world.rs.override = () => undefined;
      world.rs.permissionFor = () => 'another';
      world.as.outcomes.push(denied, denied);
      expect(await hearts.latest(session(), resource)).toEqual(nothing('denied', { kind: 'denied' }));
    });

    it('what is shared instead is read, though the owner would have to be asked about the stream', async () => {
      await hearts.latest(session(), resource);
      world.rs.permissionFor = ({ path }) => (path.endsWith('/live') ? 'watching' : 'reading');
      world.rs.override = ({ path, headers }) => {
        const isRead = path.endsWith('/latest') && headers.authorization === 'Bearer rpt-of-reading';
        return isRead ? { status: 200, body: sample(64) } : undefined;
      };
      world.as.outcomes.push(
        () => ({ status: 403, body: { error: 'request_submitted', ticket: 'next', interval: 5 } }),
        () => ({ status: 200, body: { access_token: 'rpt-of-reading', token_type: 'Bearer', expires_in: 900 } }),
      );
      expect(await hearts.latest(session(), resource)).toMatchObject({ state: 'granted', samples: [sample(64)] });
    });

    it.each([
      ['says something else first', () => stream({ id: '8', samples: [sample(72)] })],
      ['is none', () => ({ status: 200, body: sample(72) })],
      ['is not there', () => ({ status: 404, body: {} })],
    ])('nothing is shown of a stream that %s', async (_what, reply) => {
      answers(reply);
      expect(await hearts.latest(session(), resource)).toEqual(nothing('denied', { kind: 'denied' }));
    });

    it('a sample is missing while the sensor has not sent', async () => {
      answers(() => stream({ id: '0', resource: '1' }));
      expect(await hearts.latest(session(), resource)).toEqual({ state: 'granted', wanted: [], samples: [] });
    });
  });

  describe('a history', () => {
    const since = () => hearts.since(session(), resource, FROM);

    it('is read from a time on, all its pages', async () => {
      const pages: Readonly<Record<string, unknown>> = {
        first: { samples: [sample(71, 1), sample(72, 2)], next: 'second' },
        second: { samples: [sample(73, 3)] },
      };
      answers(({ path }) => {
        const { searchParams } = new URL(path, world.rs.origin);
        expect(Object.fromEntries(searchParams)).toMatchObject({ from: FROM, limit: '1000' });
        return { status: 200, body: pages[searchParams.get('cursor') ?? 'first'] };
      });
      const { state, samples } = await since();
      expect(state).toBe('granted');
      expect(samples.map(({ heartRate }) => heartRate)).toEqual([71, 72, 73]);
    });

    it('costs one grant, however many pages it has', async () => {
      answers(({ path }) => ({
        status: 200,
        body: { samples: [], ...(path.includes('cursor') ? {} : { next: '2' }) },
      }));
      await since();
      expect(world.as.issued).toHaveLength(1);
    });

    it('ends after ten pages of a resource server that has no end', async () => {
      answers(() => ({ status: 200, body: { samples: [sample(72)], next: 'more' } }));
      expect((await since()).samples).toHaveLength(10);
    });

    it('ends without anything when access ends in the middle of it', async () => {
      answers(({ path }) => {
        if (!path.includes('cursor')) return { status: 200, body: { samples: [sample(72)], next: '2' } };
        return { status: 404, body: {} };
      });
      expect(await since()).toEqual(nothing('not-found', { kind: 'answered' }));
    });

    it.each([
      ['no page', 'heart', 'not-json'],
      ['a page without samples', { items: [] }, 'not-heart-rate'],
      ['a sample that is none', { samples: [sample(72), { bpm: 72 }] }, 'not-heart-rate'],
      ['nothing', undefined, 'not-heart-rate'],
    ])('cannot be read when the resource server answers %s', async (_what, body, kind) => {
      answers(() => ({ status: 200, body }));
      expect(await since()).toEqual(nothing('failed', { kind }));
    });
  });
});
