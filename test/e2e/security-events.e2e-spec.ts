import { request } from 'undici';

import { verificationOf } from '../../src/authorization-server/events/event-outbox.js';
import { SetSigner, type UnsignedSet } from '../../src/authorization-server/events/set-signer.js';
import { randomId } from '../../src/common/randomness.js';
import { Transmitters } from '../../src/uma/security-events/transmitters.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { EventWorld, HEART_SERVICE, type ToldInstance } from '../support/event-world.js';
import { eventually } from '../support/eventually.js';

describeOnEachDatabase('a withdrawal, told by security events', (open) => {
  let world: EventWorld;
  let instance: ToldInstance;

  beforeEach(async () => {
    world = await EventWorld.start(open.dialect);
    instance = await world.instance();
    await instance.heard();
  });
  afterEach(() => world.close());

  it('ends a read at the next call, though the decision had minutes to go', async () => {
    const { token, id, withdraw } = await world.rpt();
    expect(await instance.read(token)).toBe(200);
    await world.pass(60, instance);
    expect(await instance.read(token)).toBe(200);
    await withdraw();
    await eventually(() => instance.endings.length > 0);
    expect(await instance.read(token)).toBe(401);
    expect(instance.endings).toEqual([{ issuer: world.issuer, tokenId: id, kind: 'ended' }]);
    await eventually(async () => (await world.pending()) === 0);
  });

  it('is not asked about for as long as nothing is told', async () => {
    const { token, id } = await world.rpt();
    expect(await instance.read(token)).toBe(200);
    await world.pass(60, instance);
    // Gone without a word, as it never happens: who asked would notice.
    await world.database.kysely.deleteFrom('uma_rpt').where('token_id', '=', id).execute();
    expect(await instance.read(token)).toBe(200);
  });

  it('tells every instance of the resource server, each at its own address on the one stream', async () => {
    const other = await world.instance();
    await other.heard();
    const { token, withdraw } = await world.rpt();
    expect([await instance.read(token), await other.read(token)]).toEqual([200, 200]);
    await world.pass(20, instance, other);
    await withdraw();
    await eventually(() => instance.endings.length + other.endings.length === 2);
    expect([await instance.read(token), await other.read(token)]).toEqual([401, 401]);
    expect(await world.database.kysely.selectFrom('event_stream').selectAll().execute()).toHaveLength(1);
  });

  it('is noticed within ten seconds while the authorization server is silent, and told again when it is back', async () => {
    const { token, id } = await world.rpt();
    expect(await instance.read(token)).toBe(200);
    await world.pass(20, instance);
    await world.uma.server.restart(async () => {
      expect(await instance.read(token)).toBe(200);
      world.clock.advanceMs(15_001);
      expect(instance.isAlive()).toBe(false);
      expect(await instance.read(token)).toBe(403);
    });
    await instance.heard();
    await eventually(async () => (await instance.read(token)) === 200);
    await world.end(id);
    await eventually(() => instance.endings.length > 0);
    expect(await instance.read(token)).toBe(401);
  });

  it('reaches an instance that was away, after restarts of both sides', async () => {
    const { id } = await world.rpt();
    await instance.stop();
    await world.end(id);
    await eventually(async () => {
      const rows = await world.database.kysely.selectFrom('event_receiver').select('failures').execute();
      return rows.every(({ failures }) => failures > 0);
    });
    await world.uma.server.restart();
    expect(await world.pending()).toBe(1);
    await instance.start();
    await instance.heard();
    await eventually(() => instance.endings.length > 0);
    expect(instance.endings).toEqual([{ issuer: world.issuer, tokenId: id, kind: 'ended' }]);
    await eventually(async () => (await world.pending()) === 0);
  });

  it('is registered for anew when an instance starts again, and when the authorization server forgot it', async () => {
    await instance.stop();
    await instance.start();
    await instance.heard();
    const receivers = () => world.database.kysely.selectFrom('event_receiver').select('endpoint_url').execute();
    expect(await receivers()).toEqual([{ endpoint_url: instance.endpointUrl }]);
    await world.database.kysely.deleteFrom('event_stream').execute();
    world.clock.advanceMs(15_001);
    await instance.heard();
    expect(await receivers()).toEqual([{ endpoint_url: instance.endpointUrl }]);
  });

  it('is not told to a resource server that has no stream', async () => {
    const { id } = await world.rpt();
    await instance.stop();
    await world.database.kysely.deleteFrom('event_stream').execute();
    await world.end(id);
    expect(await world.pending()).toBe(0);
  });

  it('is not told when its transaction does not commit', async () => {
    const { token, id } = await world.rpt();
    expect(await instance.read(token)).toBe(200);
    const undone = new Error('undone');
    const record = world.database.transaction(async (within) => {
      await world.record(within, [id]);
      throw undone;
    });
    await expect(record).rejects.toBe(undone);
    expect(await world.pending()).toBe(0);
    await world.pass(10, instance);
    expect(instance.endings).toEqual([]);
    expect(await instance.read(token)).toBe(200);
  });
});

describe('the endpoint of a resource server for security events (RFC 8935)', () => {
  let world: EventWorld;
  let instance: ToldInstance;
  let token: string;

  beforeAll(async () => {
    world = await EventWorld.start('sqlite');
    instance = await world.instance();
    await instance.heard();
    token = (await world.rpt()).token;
    expect(await instance.read(token)).toBe(200);
    await world.pass(20, instance);
  });
  afterAll(() => world.close());

  const shown = () => instance.app.get(Transmitters).all()[0]?.authorizationHeader.reveal() ?? '';
  const signed = (changes: Partial<UnsignedSet> = {}) =>
    world.uma.server.app.get(SetSigner, { strict: false }).sign({
      eventId: randomId(),
      audience: HEART_SERVICE,
      claims: verificationOf('stream'),
      ...changes,
    });
  const post = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await request(instance.endpointUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/secevent+jwt', authorization: shown(), ...headers },
      body,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text };
  };
  const everyToken = { sub_id: { format: 'email', email: 'alice@example.org' }, events: { 'urn:example:event': {} } };

  it('answers 202 without a body to what it takes', async () => {
    const answer = await post(signed());
    expect(answer).toMatchObject({ status: 202, text: '' });
    expect((await post(signed(), { 'content-type': 'Application/SecEvent+JWT; charset=us-ascii' })).status).toBe(202);
  });

  it('says in JSON, with its language, why it refuses, and goes on to trust what it knew', async () => {
    const refused = async (err: string, ...call: Parameters<typeof post>) => {
      const { status, headers, text } = await post(...call);
      expect([status, JSON.parse(text)]).toEqual([400, { err, description: expect.any(String) as string }]);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers['content-language']).toBe('en');
    };
    const ending = signed({ claims: { txn: 'x', ...everyToken } });
    const [header = '', claims = '', signature = ''] = ending.split('.');
    await refused('authentication_failed', ending, { authorization: 'Bearer stranger' });
    await refused('authentication_failed', ending, { authorization: '' });
    await refused(
      'invalid_key',
      `${header}.${claims}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
    );
    await refused('invalid_audience', signed({ audience: 'https://other.test', claims: { txn: 'x', ...everyToken } }));
    await refused('invalid_request', 'no token');
    await refused('invalid_request', JSON.stringify({ token: ending }), { 'content-type': 'application/json' });
    await refused('invalid_request', `token=${ending}`, { 'content-type': 'application/x-www-form-urlencoded' });
    // An ID token of the very same issuer, by the very same key.
    await refused('invalid_request', await world.uma.idToken());
    expect(instance.endings).toEqual([]);
    expect(await instance.read(token)).toBe(200);
  });

  it('does not read a body of another kind, or a very long one', async () => {
    expect((await post(signed(), { 'content-type': 'application/jwt' })).status).toBe(415);
    expect((await post('x'.repeat(65_537))).status).toBe(413);
  });

  it('does nothing at a token that it took before', async () => {
    const ending = signed({ claims: { txn: 'x', ...everyToken } });
    expect((await post(ending)).status).toBe(202);
    expect(instance.endings).toHaveLength(1);
    expect(await instance.read(token)).toBe(200);
    expect((await post(ending)).status).toBe(202);
    expect(instance.endings).toHaveLength(1);
  });
});
