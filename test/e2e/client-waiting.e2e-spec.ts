import type { AccessView } from '../../src/client/access-view.js';
import { AccessPoller } from '../../src/client/access-poller.js';
import { SignOutListener } from '../../src/client/sign-out-listener.js';
import { PROFILE_PATH } from '../../src/uma/protocol/constants.js';
import { ClientApplication, type Visitor } from '../support/client-application.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe.each(['sqlite', 'postgres'] as const)('an access that waits for its owner (%s)', (dialect) => {
  let client: ClientApplication;
  let bob: Visitor;
  beforeEach(async () => {
    client = await ClientApplication.start(dialect);
    client.hearts.bodies.set('/resources/1/heart-rate/latest', {
      heartRate: 72,
      recordedAt: '2026-03-01T12:00:00.000Z',
    });
    bob = await client.signIn('bob', 'Bob Stone');
  });
  afterEach(async () => {
    await client.stop();
  });

  const as = () => client.world.as;
  const post = async (path: string, json: object = {}): Promise<AccessView> =>
    (await client.ask(path, { method: 'POST', as: bob, json })).json() as AccessView;
  const open = (again?: boolean) =>
    post('/api/access', { resource: client.heart, ...(again !== undefined && { again }) });
  const state = async () => (await open()).state;
  const calls = () => as().tokenRequests.length;
  const waits = async (members: object = { interval: 3 }): Promise<AccessView> => {
    as().askOwner({ ...members });
    return open();
  };
  /** A session lasts half a day. */
  const signInAgain = async (): Promise<void> => {
    bob = await client.signIn('bob');
  };

  it('waits for the interval, and polls then with the new ticket (T52, C-5, C-2)', async () => {
    expect(await waits()).toMatchObject({ state: 'owner-must-agree', samples: [] });
    as().askOwner({ interval: 3 });
    await client.pass(2_999);
    expect(calls()).toBe(1);
    await client.pass(1);
    expect(calls()).toBe(2);
    expect(await state()).toBe('owner-must-agree');
    await client.pass(3_000);
    expect(await open()).toMatchObject({ state: 'granted', samples: [{ heartRate: 72 }] });
    expect(as().tokenRequests.map(({ ticket }) => ticket)).toEqual(['ticket-1', 'ticket-2', 'ticket-3']);
  });

  it('waits five seconds where no interval is named', async () => {
    await waits({});
    await client.pass(4_999);
    expect(calls()).toBe(1);
    await client.pass(1);
    expect(calls()).toBe(2);
  });

  it('asks less often the longer it lasts, and stops after a day (T52)', async () => {
    for (let poll = 0; poll < 3_000; poll++) as().askOwner({ interval: 3 });
    await open();
    let polls = 0;
    for (let waitedMs = 0; waitedMs < DAY_MS + MINUTE_MS; waitedMs += 10 * MINUTE_MS) {
      await client.pass(10 * MINUTE_MS);
      polls = calls() - 1;
    }
    // One with each look of the poller, which comes every ten minutes here, but for the last, when the day is over.
    expect(polls).toBe(143);
    await signInAgain();
    expect(await state()).toBe('unanswered');
    await client.pass(DAY_MS);
    expect(calls() - 1).toBe(polls);
  });

  it('asks no server for a person who only looks whether there is an answer', async () => {
    const { id = '' } = await waits();
    const seen = client.hearts.seen.length;
    for (const path of ['latest', 'heart-rate?from=2026-03-01T12:00:00Z']) {
      const answer = await client.ask(`/api/access/${id}/${path}`, { as: bob });
      expect(answer.json()).toMatchObject({ state: 'owner-must-agree' });
    }
    expect(await state()).toBe('owner-must-agree');
    expect([calls(), client.hearts.seen.length]).toEqual([1, seen]);
  });

  it('outlives a reload of the page and a restart of the process', async () => {
    await waits();
    await client.restart();
    expect(await state()).toBe('owner-must-agree');
    await client.pass(3_000);
    expect(await state()).toBe('granted');
    expect(as().tokenRequests.map(({ ticket }) => ticket)).toEqual(['ticket-1', 'ticket-2']);
  });

  it('is polled once, however many pollers there are', async () => {
    await waits();
    client.clock.advanceMs(3_000);
    const poller = client.app.get(AccessPoller);
    await Promise.all([poller.tick(), poller.tick(), poller.tick()]);
    expect(calls()).toBe(2);
  });

  it('says that the owner does not share it after all, and asks again when the person wants to', async () => {
    await waits();
    as().refuse('request_denied');
    await client.pass(3_000);
    expect(await state()).toBe('declined');
    await client.pass(DAY_MS);
    expect(calls()).toBe(2);
    await signInAgain();
    as().askOwner({ interval: 3 });
    expect(await open(true)).toMatchObject({ state: 'owner-must-agree' });
  });

  describe('where a stream may be shared alone', () => {
    const seen = { state: 'granted', samples: [{ heartRate: 72 }] };
    beforeEach(() => {
      as().metadata = { uma_profiles_supported: [`${as().issuer}${PROFILE_PATH}`] };
      const latest = { heartRate: 72, recordedAt: '2026-03-01T12:00:00.000Z' };
      client.hearts.streams.set('/resources/1/heart-rate/live', { id: '7', resource: '1', latest });
      client.hearts.permissionFor = ({ path }) => (path.endsWith('/live') ? 'watching' : 'reading');
    });

    it('is none while there is something to see already', async () => {
      expect(await waits()).toMatchObject(seen);
      await client.pass(DAY_MS);
      expect(calls()).toBe(2);
      await signInAgain();
      expect(await open()).toMatchObject(seen);
    });

    it('asks the owner for both at once', async () => {
      as().askOwner({ interval: 3 });
      expect(await waits()).toMatchObject({ state: 'owner-must-agree', samples: [] });
      expect(calls()).toBe(2);
    });

    it('shows what the owner lets them watch, when she lets them not read', async () => {
      as().askOwner({ interval: 3 });
      await waits();
      as().refuse('request_denied');
      await client.pass(3_000);
      as().refuse('request_denied');
      expect(await open()).toMatchObject(seen);
    });

    it('is over when the owner lets them do neither', async () => {
      as().askOwner({ interval: 3 });
      await waits();
      as().refuse('request_denied');
      as().refuse('request_denied');
      await client.pass(3_000);
      expect(await state()).toBe('declined');
    });
  });

  it('can be cancelled, and stays so', async () => {
    const { id = '' } = await waits();
    expect(await post(`/api/access/${id}/cancel`)).toMatchObject({ id, state: 'cancelled' });
    await client.pass(DAY_MS);
    await signInAgain();
    expect([calls(), await state()]).toEqual([1, 'cancelled']);
    expect(await open(true)).toMatchObject({ state: 'granted' });
  });

  it('that was answered a moment before is not cancelled, but shown', async () => {
    const { id = '' } = await waits();
    await client.pass(3_000);
    expect(await post(`/api/access/${id}/cancel`)).toMatchObject({ state: 'granted', samples: [{ heartRate: 72 }] });
  });

  it('is cancelled by nobody else', async () => {
    const { id = '' } = await waits();
    const path = `/api/access/${id}/cancel`;
    const carol = await client.signIn('carol');
    const foreign = await client.ask(path, { method: 'POST', as: carol, json: {} });
    const forged = await client.ask(path, { method: 'POST', as: { ...bob, csrfToken: 'forged' }, json: {} });
    expect([foreign.status, forged.status, await state()]).toEqual([404, 403, 'owner-must-agree']);
  });

  describe('never strands', () => {
    const ticketsOnce = () => {
      const tickets = as().tokenRequests.map(({ ticket }) => ticket);
      expect(new Set(tickets).size).toBe(tickets.length);
    };

    it('when the answer to a poll is lost: it starts afresh at the resource server', async () => {
      await waits();
      as().outcomes.push(() => ({ status: 503, body: {} }));
      await client.pass(3_000);
      expect(await state()).toBe('owner-must-agree');
      await client.pass(5_000);
      expect(await state()).toBe('granted');
      ticketsOnce();
    });

    it('when its ticket is not good any more (C-6)', async () => {
      await waits();
      as().refuse('invalid_grant', 400);
      await client.pass(3_000);
      as().askOwner({ interval: 3 });
      await client.pass(5_000);
      expect(await state()).toBe('owner-must-agree');
      await client.pass(3_000);
      expect(await state()).toBe('granted');
      ticketsOnce();
    });

    it('when a server is away for a while', async () => {
      await waits();
      as().override = ({ path }) => (path === '/token' ? { status: 503, body: {} } : undefined);
      for (let poll = 0; poll < 5; poll++) await client.pass(MINUTE_MS);
      expect(await state()).toBe('owner-must-agree');
      as().override = () => undefined;
      await client.pass(MINUTE_MS);
      expect(await state()).toBe('granted');
    });

    it('when the authorization server gives no ticket (Keycloak)', async () => {
      as().outcomes.push(() => ({
        status: 403,
        body: { error: 'access_denied', error_description: 'request_submitted' },
      }));
      expect(await open()).toMatchObject({ state: 'owner-must-agree' });
      await client.pass(5_000);
      expect(await state()).toBe('granted');
    });

    it('when more is to be known meanwhile: the next look says so', async () => {
      await waits();
      as().needInfo({ redirect_user: `${as().issuer}/uma/claims` });
      await client.pass(3_000);
      as().needInfo({ redirect_user: `${as().issuer}/uma/claims` });
      expect(await state()).toBe('claims-needed');
    });

    it('when the answer is one that nobody understands: the next look starts anew', async () => {
      await waits();
      as().refuse('invalid_target', 400);
      await client.pass(3_000);
      expect(await state()).toBe('granted');
    });
  });

  it('pushes what the person can still prove when it starts afresh', async () => {
    client.askForIdToken();
    as().askOwner({ interval: 3 });
    await open();
    as().outcomes.push(() => ({ status: 503, body: {} }));
    await client.pass(3_000);
    client.askForIdToken();
    await client.pass(5_000);
    expect(await state()).toBe('granted');
    expect(as().tokenRequests.map((form) => 'claim_token' in form)).toEqual([false, true, false, false, true]);
  });

  it('begins as well when sharing ended and the owner is asked anew', async () => {
    const { id = '' } = await open();
    as().withdrawAll();
    as().askOwner({ interval: 3 });
    const answer = await client.ask(`/api/access/${id}/latest`, { as: bob });
    expect(answer.json()).toMatchObject({ id, state: 'owner-must-agree' });
    await client.pass(3_000);
    expect(await state()).toBe('granted');
  });

  describe('when the person signs out', () => {
    const signOut = async (by = bob): Promise<void> => {
      const answer = await client.ask('/logout', { method: 'POST', as: by, json: {} });
      expect(answer.status).toBe(200);
      await client.app.get(SignOutListener).settled();
    };

    it('is over, and what was kept for them is revoked (C-9, SEC-4)', async () => {
      as().issuesPcts = true;
      as().issuesRefreshTokens = true;
      await open();
      as().askOwner({ interval: 3 });
      await post('/api/access', { resource: `${client.hearts.origin}/resources/2/heart-rate` });
      await signOut();
      expect(as().revocations).toEqual([
        { token: 'pct-2', token_type_hint: 'pct' },
        { token: 'refresh-2', token_type_hint: 'refresh_token' },
      ]);
      const before = calls();
      await client.pass(DAY_MS);
      expect(calls()).toBe(before);
    });

    it('goes on while they are signed in with another browser', async () => {
      as().issuesPcts = true;
      await open();
      const other = await client.signIn('bob');
      await signOut();
      expect(as().revocations).toEqual([]);
      await signOut(other);
      expect(as().revocations).toHaveLength(2);
    });

    it('is over too where the authorization server is away', async () => {
      await waits();
      await as().stop();
      await signOut();
      bob = await client.signIn('bob');
      expect(await state()).toBe('authorization-server-unreachable');
    });
  });

  it('leaves no ticket in a log or an answer (T53)', async () => {
    await waits();
    as().refuse('invalid_grant', 400);
    await client.pass(3_000);
    await client.pass(5_000);
    await state();
    const seen = [...client.log, ...client.told].join('\n');
    expect(client.secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  });
});
