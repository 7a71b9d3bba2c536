import { createPublicKey, verify } from 'node:crypto';

import { Logger } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import { exportJWK, generateKeyPair } from 'jose';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FakeEventReceiver } from '../../../test/support/fake-event-receiver.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import { type EventTables, eventMigrations } from '../../database/authorization-server/events.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { SESSION_REVOKED, TOKEN_CLAIMS_CHANGE, VERIFICATION } from '../../uma/protocol/shared-signals.js';
import type { RegisteredClients } from '../oidc/clients/registered-clients.js';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { TokenSigner } from '../oidc/keys/token-signer.js';
import type { TokenChange } from '../uma/token-events.js';
import { Doorbell } from './doorbell.js';
import { EventAudience } from './event-audience.js';
import { EventDispatch } from './event-dispatch.js';
import { EventOutbox } from './event-outbox.js';
import { ABANDONED_AFTER_MS, EventPurge } from './event-purge.js';
import { EventPusher } from './event-pusher.js';
import { EventReceivers } from './event-receivers.js';
import { EventStreams } from './event-streams.js';
import { PendingEvents } from './pending-events.js';
import { SetSigner } from './set-signer.js';

const OPTIONS = { issuer: 'https://as.test', secretKey: new Secret('a secret key that only the tests know') };
const AUDIENCE = 'https://rs.test';
const DAY_MS = ABANDONED_AFTER_MS;

describeOnEachDatabase('the delivery of events', (open) => {
  let database: Database<EventTables>;
  let clock: FixedClock;
  let streams: EventStreams;
  let outbox: EventOutbox;
  let dispatch: EventDispatch;
  let purge: EventPurge;
  let keys: SigningKeys;
  let one: FakeEventReceiver;
  let other: FakeEventReceiver;

  beforeAll(async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'key-1', alg: 'ES256', use: 'sig' });
    keys = await SigningKeys.load({
      findOrMake: (name: string) => Promise.resolve(name === 'signing' ? jwk : ''),
    } as never);
  });

  let told: string[];

  beforeEach(async () => {
    told = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line) => void told.push(`log ${String(line)}`));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void told.push(`warn ${String(line)}`));
    database = await open<EventTables>(eventMigrations);
    clock = new FixedClock();
    streams = new EventStreams(database, clock, OPTIONS);
    outbox = new EventOutbox(clock, OPTIONS, new Doorbell());
    dispatch = newDispatch();
    purge = new EventPurge(database, clock, streams);
    [one, other] = await Promise.all([FakeEventReceiver.start(), FakeEventReceiver.start()]);
  });
  afterEach(() => Promise.all([one.stop(), other.stop()]));

  function newDispatch(): EventDispatch {
    const clients = { find: (id: string) => Promise.resolve(id === 'rs1' ? { resource: AUDIENCE } : undefined) };
    const receivers = new EventReceivers(database, clock, OPTIONS);
    const pending = new PendingEvents(database, clock);
    const signer = new SetSigner(new TokenSigner(keys), clock, OPTIONS);
    const audience = new EventAudience(clients as unknown as RegisteredClients);
    const pusher = new EventPusher(receivers, pending, audience, signer);
    return new EventDispatch(receivers, pusher, new Doorbell());
  }

  const deliveryTo = ({ url }: FakeEventReceiver, authorization: string | null = null) => ({
    endpointUrl: url,
    authorization: authorization === null ? null : new Secret(authorization),
  });
  const begin = async (receiver = one, clientId = 'rs1', eventsRequested: readonly string[] | null = null) => {
    const stream = await streams.create(clientId, {
      delivery: deliveryTo(receiver, 'Bearer shown'),
      eventsRequested,
      description: null,
    });
    if (stream === undefined) throw new Error('There is a stream already.');
    return stream;
  };
  const ended = (tokenId: string, resourceServer = 'rs1'): TokenChange => ({
    kind: 'ended',
    tokenId,
    resourceServer,
    ownerId: 'alice',
  });
  const changed = (tokenId: string, ...resourceScopes: string[]): TokenChange => ({
    ...ended(tokenId),
    kind: 'changed',
    permissions: [{ resourceId: 'r1', resourceScopes, exp: 1_800_000_000 }],
  });
  const record = (...changes: readonly TokenChange[]) =>
    database.transaction((within) => outbox.record(within as unknown as Transaction<UmaTables>, changes));
  /** One look, and all that comes of it. */
  const look = async (by = dispatch): Promise<void> => {
    await by.look();
    await by.settled();
  };
  /** As {@link look}, with the first signs of life out of the way. */
  const greet = async (...receivers: readonly FakeEventReceiver[]): Promise<void> => {
    await look();
    for (const receiver of receivers) receiver.pushes.splice(0);
  };
  /** Of which tokens a receiver heard, signs of life left out. */
  const tokensAt = ({ about }: FakeEventReceiver): readonly string[] => about.filter((id) => /^t\d+$/.test(id));
  const pending = async (): Promise<number> =>
    (await database.kysely.selectFrom('event_delivery').select('id').execute()).length;

  it('pushes a signed token with the claims of the profile (RFC 8935, SSF 1.0, CAEP 1.0)', async () => {
    await begin();
    await greet(one);
    await record(ended('t1'));
    clock.advanceMs(3000);
    await look();
    const [push] = one.pushes;
    expect(push?.headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      authorization: 'Bearer shown',
    });
    expect(push?.header).toEqual({ alg: 'ES256', typ: 'secevent+jwt', kid: 'key-1' });
    expect(push?.claims).toEqual({
      iss: OPTIONS.issuer,
      jti: expect.any(String) as string,
      iat: clock.nowSeconds(),
      aud: AUDIENCE,
      txn: expect.any(String) as string,
      sub_id: {
        format: 'complex',
        session: { format: 'opaque', id: 't1' },
        tenant: { format: 'iss_sub', iss: OPTIONS.issuer, sub: 'alice' },
      },
      events: { [SESSION_REVOKED]: { event_timestamp: clock.nowSeconds() - 3 } },
    });
    const [header = '', payload = '', signature = ''] = push?.token.split('.') ?? [];
    const key = createPublicKey({ key: keys.publicJwks().keys[0] ?? {}, format: 'jwk' });
    const bytes = Buffer.from(signature, 'base64url');
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
    expect(await pending()).toBe(0);
  });

  it('tells what a changed token permits now', async () => {
    await begin();
    await greet(one);
    await record(changed('t1', 'read'));
    await look();
    const permissions = [{ resource_id: 'r1', resource_scopes: ['read'], exp: 1_800_000_000 }];
    expect(one.pushes[0]?.claims).toMatchObject({
      sub_id: { format: 'jwt_id', iss: OPTIONS.issuer, jti: 't1' },
      events: { [TOKEN_CLAIMS_CHANGE]: { claims: { permissions } } },
    });
  });

  it('records for the streams of the resource servers concerned, as far as they want it, in one cause', async () => {
    await begin();
    await begin(other, 'rs2', [TOKEN_CLAIMS_CHANGE, 'urn:unknown']);
    await greet(one, other);
    await record(ended('t1'), ended('t2'), ended('t3', 'rs2'), ended('t4', 'without a stream'));
    await look();
    expect([...one.about].sort()).toEqual(['t1', 't2']);
    expect(other.about).toEqual([]);
    expect(new Set(one.pushes.map(({ claims }) => claims['txn'])).size).toBe(1);
    expect(new Set(one.pushes.map(({ claims }) => claims['jti'])).size).toBe(2);
  });

  it('names the client id as the audience of a client without a registered identifier', async () => {
    await begin(other, 'rs2');
    await look();
    expect(other.pushes[0]?.claims['aud']).toBe('rs2');
  });

  it('delivers to each receiver of a stream, one event with one id', async () => {
    await begin();
    await streams.addReceiver('rs1', deliveryTo(other));
    await greet(one, other);
    await record(ended('t1'));
    await look();
    expect([one.about, other.about]).toEqual([['t1'], ['t1']]);
    expect(one.pushes[0]?.claims['jti']).toBe(other.pushes[0]?.claims['jti']);
    expect(other.pushes[0]?.headers['authorization']).toBeUndefined();
  });

  it('keeps the order of events about one token, and sends thousands of others beside them', async () => {
    await begin();
    await greet(one);
    await record(...Array.from({ length: 1500 }, (_, index) => ended(`t${index}`)));
    await record(changed('x', 'a', 'b'));
    await record(changed('x', 'a'));
    await record(ended('x'));
    await look();
    expect(new Set(one.about).size).toBe(1501);
    const ofX = one.pushes.filter((_push, index) => one.about[index] === 'x');
    expect(ofX.map(({ claims }) => Object.keys(claims['events'] as object)[0])).toEqual([
      TOKEN_CLAIMS_CHANGE,
      TOKEN_CLAIMS_CHANGE,
      SESSION_REVOKED,
    ]);
    expect(JSON.stringify(ofX[0]?.claims)).toContain('"b"');
    expect(await pending()).toBe(0);
  });

  it('tries again later when the receiver is not there, and holds up no other receiver', async () => {
    await begin();
    await streams.addReceiver('rs1', deliveryTo(other));
    await greet(one, other);
    await one.stop();
    await record(ended('t1'), ended('t2'));
    await look();
    expect([...other.about].sort()).toEqual(['t1', 't2']);
    await one.listen();
    await look();
    expect(one.about).toEqual([]);
    clock.advanceMs(1_000);
    await look();
    expect([...tokensAt(one)].sort()).toEqual(['t1', 't2']);
    expect(await pending()).toBe(0);
    const { origin } = new URL(one.url);
    expect(told).toEqual([
      `warn The receiver of rs1 at ${origin} is not there.`,
      `log The receiver of rs1 at ${origin} takes events again.`,
    ]);
  });

  it.each([301, 401, 404, 429, 500, 503])('takes the answer %s for a receiver that is not there', async (status) => {
    await begin();
    await greet(one);
    one.answer = { status };
    await record(ended('t1'));
    await look();
    one.answer = { status: 202 };
    clock.advanceMs(1_000);
    await look();
    expect(tokensAt(one)).toEqual(['t1', 't1']);
    const ids = one.pushes.filter((_push, index) => one.about[index] === 't1').map(({ claims }) => claims['jti']);
    expect(new Set(ids).size).toBe(1);
    expect(await pending()).toBe(0);
  });

  it('tries an event again that the receiver refuses, less and less often, and delivers the others meanwhile', async () => {
    await begin();
    await greet(one);
    one.answer = { status: 400, body: { err: 'invalid_key', description: 'unknown' } };
    await record(ended('t1'));
    await look();
    one.answer = { status: 202 };
    await record(ended('t2'));
    await look();
    expect(one.about).toEqual(['t1', 't2']);
    clock.advanceMs(1_000);
    await look();
    expect(one.about).toEqual(['t1', 't2', 't1']);
    expect(await pending()).toBe(0);
  });

  it('rests while all that is due waits for an earlier event about the same token', async () => {
    await begin();
    await greet(one);
    one.answer = { status: 400, body: { err: 'invalid_key', description: 'unknown' } };
    await record(changed('t1', 'read'));
    await look();
    await record(ended('t1'));
    expect(await dispatch.look()).toBe(false);
    one.answer = { status: 202 };
    clock.advanceMs(1_000);
    await look();
    expect(one.about).toEqual(['t1', 't1', 't1']);
    expect(await pending()).toBe(0);
  });

  it('survives the end of whoever was delivering: another takes it up after a while', async () => {
    await begin();
    await greet(one);
    await record(ended('t1'));
    const [recipient] = await new EventReceivers(database, clock, OPTIONS).withDueEvents();
    await new PendingEvents(database, clock).take(recipient?.id ?? '', 10);
    await look();
    expect(one.about).toEqual([]);
    clock.advanceMs(30_000);
    await look();
    expect(one.about).toContain('t1');
  });

  it('delivers each event once when two instances of the server look at the same time', async () => {
    await begin();
    await greet(one);
    await record(...Array.from({ length: 200 }, (_, index) => ended(`t${index}`)));
    const second = newDispatch();
    await Promise.all([look(), look(second)]);
    await look();
    expect(one.pushes).toHaveLength(200);
    expect(new Set(one.about).size).toBe(200);
  });

  it('misses nothing for a receiver that is added meanwhile: it waits for whoever has looked up whom to tell', async () => {
    await begin();
    await greet(one);
    const order: string[] = [];
    let added: Promise<unknown> = Promise.resolve();
    await database.transaction(async (within) => {
      await outbox.record(within as unknown as Transaction<UmaTables>, [ended('t1')]);
      added = streams.addReceiver('rs1', deliveryTo(other)).then(() => order.push('added'));
      // Time enough to be added, if that did not wait.
      const elsewhere = database.dialect === 'postgres' ? database.kysely : within;
      for (let turn = 0; turn < 50; turn++) await sql`select 1`.execute(elsewhere);
      order.push('recorded');
    });
    await added;
    expect(order).toEqual(['recorded', 'added']);
    await record(ended('t2'));
    await look();
    expect([tokensAt(one), tokensAt(other)]).toEqual([['t1', 't2'], ['t2']]);
  });

  describe('signs of life', () => {
    it('go to each receiver at once and every ten seconds, from one instance of the server', async () => {
      const stream = await begin();
      const second = newDispatch();
      await Promise.all([look(), look(second)]);
      expect(one.about).toEqual([stream.id]);
      expect(one.pushes[0]?.claims['events']).toEqual({ [VERIFICATION]: {} });
      expect(one.pushes[0]?.claims['sub_id']).toEqual({ format: 'opaque', id: stream.id });
      clock.advanceMs(9_999);
      await look();
      expect(one.pushes).toHaveLength(1);
      clock.advanceMs(1);
      await Promise.all([look(), look(second)]);
      expect(one.pushes).toHaveLength(2);
      expect(await pending()).toBe(0);
    });

    it('are withheld while an event waits: who is told everything is well must have been told everything', async () => {
      const stream = await begin();
      await greet(one);
      one.answer = { status: 400, body: { err: 'invalid_request', description: 'no' } };
      await record(ended('t1'));
      await look();
      one.answer = { status: 400, body: { err: 'invalid_request', description: 'no' } };
      clock.advanceMs(10_000);
      await look();
      expect(one.about).not.toContain(stream.id);
      one.answer = { status: 202 };
      clock.advanceMs(2_000);
      await look();
      await look();
      expect(one.about.slice(-2)).toEqual(['t1', stream.id]);
    });

    it('are tried again soon when one is lost', async () => {
      const stream = await begin();
      await greet(one);
      one.answer = { status: 503 };
      clock.advanceMs(10_000);
      await look();
      one.answer = { status: 202 };
      clock.advanceMs(1_000);
      await look();
      expect(one.about).toEqual([stream.id, stream.id]);
    });
  });

  describe('of a stream that is not enabled', () => {
    it('waits while it is paused, signs of life too, and goes on afterwards', async () => {
      const stream = await begin();
      await greet(one);
      await streams.setStatus('rs1', stream.id, { status: 'paused', reason: null });
      await record(ended('t1'));
      clock.advanceMs(20_000);
      await look();
      expect(one.pushes).toEqual([]);
      await streams.setStatus('rs1', stream.id, { status: 'enabled', reason: null });
      await look();
      expect(one.about).toContain('t1');
    });

    it('records nothing and drops what was recorded when it is disabled', async () => {
      const stream = await begin();
      await record(ended('t1'));
      await streams.setStatus('rs1', stream.id, { status: 'disabled', reason: null });
      expect(await pending()).toBe(0);
      await record(ended('t2'));
      expect(await pending()).toBe(0);
    });
  });

  it('goes at once to a receiver that registers again, at its new address and with what it wants to be shown', async () => {
    const stream = await begin();
    await greet(one);
    await one.stop();
    await record(ended('t1'));
    await look();
    await streams.change('rs1', stream.id, { delivery: deliveryTo(other, 'Bearer new') });
    await look();
    expect(other.about).toContain('t1');
    expect(other.pushes[0]?.headers['authorization']).toBe('Bearer new');
  });

  it('stores no authorization in clear', async () => {
    await begin();
    expect(JSON.stringify(await database.kysely.selectFrom('event_receiver').selectAll().execute())).not.toContain(
      'shown',
    );
  });

  describe('is given up after a day', () => {
    it('with its receiver when that could not be reached, and the stream with its last receiver', async () => {
      await begin();
      await streams.addReceiver('rs1', deliveryTo(other));
      await greet(one, other);
      await one.stop();
      clock.advanceMs(DAY_MS - 1);
      await look();
      await record(ended('t1'));
      await purge.purge();
      expect((await streams.find('rs1'))?.receivers).toHaveLength(2);
      clock.advanceMs(1);
      await purge.purge();
      expect((await streams.find('rs1'))?.receivers.map(({ endpointUrl }) => endpointUrl)).toEqual([other.url]);
      expect(await pending()).toBe(1);
      clock.advanceMs(DAY_MS);
      await purge.purge();
      expect(await streams.find('rs1')).toBeUndefined();
      expect(await pending()).toBe(0);
    });

    it('but the receiver is not when nothing was sent to it: its stream was paused', async () => {
      const stream = await begin();
      await streams.setStatus('rs1', stream.id, { status: 'paused', reason: null });
      await record(ended('t1'));
      clock.advanceMs(DAY_MS);
      await purge.purge();
      expect(await pending()).toBe(0);
      expect((await streams.find('rs1'))?.receivers).toHaveLength(1);
    });
  });
});
