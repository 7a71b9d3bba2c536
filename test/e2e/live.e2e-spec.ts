import { request } from 'undici';

import { ProofMaker } from '../../src/testing/index.js';
import { TokenEndings } from '../../src/uma/index.js';
import { GrantWatch } from '../../src/resources/live/grant-watch.js';
import { LiveGateway } from '../../src/resources/live/live.gateway.js';
import { EventReader, LiveClient } from '../support/live-client.js';
import { ResourceServerApplication } from '../support/resource-server-application.js';

const STREAM = 'heart-rate:stream';

describe.each(['sqlite', 'postgres'] as const)('the live stream (%s)', (dialect) => {
  let server: ResourceServerApplication;
  let url: string;
  let id: string;
  let umaId: string;
  let credential: string;
  let sent: number;
  const clients: { leave(): void }[] = [];

  beforeEach(async () => {
    server = await ResourceServerApplication.start(dialect);
    url = await server.app.getUrl();
    const owner = await server.signIn('alice', 'Alice');
    const [resource] = (await server.ask('/api/resources', { headers: owner })).json() as { id: string }[];
    const sensor = await server.ask('/api/sensors', { method: 'POST', headers: owner, json: { name: 'Strap' } });
    ({ credential } = sensor.json() as { credential: string });
    id = resource?.id ?? '';
    [umaId = ''] = server.authorizationServer.registrations.keys();
    sent = 0;
    give('rpt', [STREAM]);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.leave();
    await server.stop();
  });

  function give(token: string, scopes: readonly string[], members: object = {}): void {
    server.authorizationServer.tokens.set(token, {
      active: true,
      jti: `jti of ${token}`,
      iat: server.clock.nowSeconds(),
      exp: server.clock.nowSeconds() + 900,
      permissions: [{ resource_id: umaId, resource_scopes: scopes }],
      ...members,
    });
  }

  /** Sends heart rates, one a second, and waits until they are stored. */
  async function beat(...heartRates: readonly number[]): Promise<void> {
    const json = heartRates.map((heartRate) => ({
      heartRate,
      timestamp: new Date(server.clock.nowMs() - 3_600_000 + 1_000 * sent++).toISOString(),
    }));
    const headers = { authorization: `Bearer ${credential}` };
    const answer = await server.ask('/measurements', { method: 'POST', headers, json });
    expect(answer.json()).toMatchObject({ stored: heartRates.length });
  }

  async function connect(token = 'rpt', others: object = {}, options: object = {}): Promise<LiveClient> {
    const client = await LiveClient.connect(url, { resource: id, token, ...others }, options);
    clients.push(client);
    return client;
  }

  async function watch(order: object = {}, options: object = {}): Promise<LiveClient> {
    const client = await connect('rpt', {}, options);
    expect(await client.order('subscribe', order)).toMatchObject({ resource: id });
    return client;
  }

  async function read(headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const address = `${url}/resources/${id}/heart-rate/live`;
    const reader = await EventReader.open(address, { authorization: 'Bearer rpt', ...headers });
    clients.push(reader);
    return reader;
  }

  const withdraw = (token = 'rpt'): void => {
    server.authorizationServer.tokens.delete(token);
    const { issuer } = server.authorizationServer;
    server.app.get(TokenEndings).publish({ issuer, tokenId: `jti of ${token}`, kind: 'ended' });
  };

  describe('on a socket', () => {
    it('begins with the newest sample, then gives every sample as it is stored', async () => {
      await beat(60, 61);
      const client = await watch();
      const [snapshot] = await client.told('snapshot');
      expect(snapshot).toMatchObject({ resource: id, id: '2', latest: { heartRate: 61 } });
      expect(snapshot).toHaveProperty('expiresAt');
      await beat(62);
      await beat(63, 64);
      expect(await client.counts(3)).toEqual([62, 63, 64]);
      expect(client.lastId).toBe('5');
    });

    it.each([
      ['polls', ['polling']],
      ['polls at first, and changes to a WebSocket meanwhile', ['polling', 'websocket']],
    ])('gives every sample once and in order to whoever %s', async (_how, transports) => {
      const client = await watch({}, { transports });
      const sent = Array.from({ length: 40 }, (_none, index) => 60 + index);
      for (const heartRate of sent) await beat(heartRate);
      expect(await client.counts(sent.length)).toEqual(sent);
    });

    it('gives nothing that came in before the token, which opens no single sample, to whoever names a place', async () => {
      await beat(60, 61);
      server.clock.advanceMs(2_000);
      give('rpt', [STREAM]);
      const client = await watch({ after: '0' });
      expect(await client.told('snapshot')).toMatchObject([{ id: '2', restarted: true, latest: { heartRate: 61 } }]);
      await beat(62);
      expect(await client.counts(1)).toEqual([62]);
      client.leave();
      await beat(63);
      expect(await (await watch({ after: '3' })).counts(1)).toEqual([63]);
      give('reader', [STREAM, 'heart-rate:read']);
      const reader = await connect('reader');
      await reader.order('subscribe', { after: '0' });
      expect(await reader.counts(4)).toEqual([60, 61, 62, 63]);
    });

    it('refuses a handshake without a token that opens the stream, with a ticket (UMA Grant 3.2.1)', async () => {
      const refused = LiveClient.connect(url, { resource: id });
      await expect(refused).rejects.toMatchObject({
        status: 401,
        as_uri: server.authorizationServer.issuer,
        ticket: 'ticket-1',
      });
      expect(server.authorizationServer.callsTo('permission')[0]?.body).toEqual({
        resource_id: umaId,
        resource_scopes: [STREAM],
      });
      give('reader', ['heart-rate:read', 'heart-rate:summary']);
      await expect(LiveClient.connect(url, { resource: id, token: 'reader' })).rejects.toMatchObject({ status: 401 });
      await expect(LiveClient.connect(url, { resource: 'other', token: 'rpt' })).rejects.toMatchObject({ status: 404 });
    });

    it('gives nothing to a socket that has not subscribed, and takes it away after half a minute', async () => {
      const client = await connect();
      const closed = new Promise((resolve) => client.socket.once('disconnect', resolve));
      await beat(60);
      server.clock.advanceMs(30_000);
      server.app.get(LiveGateway, { strict: false }).look();
      await closed;
      expect(client.heard).toEqual([]);
    });

    it('goes on after a reconnection where it was, without loss and without a duplicate', async () => {
      const first = await watch();
      await beat(60);
      await first.counts(1);
      first.leave();
      await beat(61, 62);
      const second = await watch({ after: first.lastId });
      await beat(63);
      expect(await second.counts(3)).toEqual([61, 62, 63]);
      expect(second.of('snapshot')).toEqual([]);
    });

    it('goes on after the server was restarted', async () => {
      const first = await watch();
      await beat(60);
      await first.counts(1);
      await server.restart();
      url = await server.app.getUrl();
      expect(first.end).toBe('shutdown');
      await beat(61);
      const second = await watch({ after: first.lastId });
      expect(await second.counts(1)).toEqual([61]);
    });

    it('ends at once when its owner stops sharing, says so, and gives nothing more (T45)', async () => {
      const client = await watch();
      await client.told('snapshot');
      withdraw();
      await client.told('ended');
      expect(client.end).toBe('withdrawn');
      await beat(60);
      expect(await client.order('subscribe', {})).toMatchObject({ status: 401, error: 'invalid_token' });
      expect(client.heartRates).toEqual([]);
    });

    it('ends when the resource is there no more, and when its scope was taken away', async () => {
      const client = await watch();
      give('rpt', ['heart-rate:summary']);
      const { issuer } = server.authorizationServer;
      server.app.get(TokenEndings).publish({ issuer, tokenId: 'jti of rpt', kind: 'changed' });
      await client.told('ended');
      expect(client.end).toBe('narrowed');
    });

    it('goes on with another token on the same socket', async () => {
      const client = await watch();
      give('second', [STREAM], { exp: server.clock.nowSeconds() + 1_800 });
      const renewed = (await client.order('auth:renew', { token: 'second' })) as { readonly expiresAt: string };
      expect(Date.parse(renewed.expiresAt)).toBe((server.clock.nowSeconds() + 1_800) * 1_000);
      withdraw('rpt');
      await beat(60);
      expect(await client.counts(1)).toEqual([60]);
      expect(client.end).toBeUndefined();
    });

    it('keeps its token when another one does not open the stream', async () => {
      const client = await watch();
      expect(await client.order('auth:renew', { token: 'made-up' })).toMatchObject({ status: 401, ticket: 'ticket-1' });
      await beat(60);
      expect(await client.counts(1)).toEqual([60]);
    });

    it('takes what cannot be a token for one that nobody knows, and asks nobody about it', async () => {
      const token = 'a\0b';
      const refusal = { status: 401, error: 'invalid_token', as_uri: server.authorizationServer.issuer };
      await expect(connect(token)).rejects.toMatchObject({ ...refusal, ticket: 'ticket-1' });
      const client = await connect();
      expect(await client.order('subscribe', { token })).toMatchObject({ ...refusal, ticket: 'ticket-2' });
      await client.order('subscribe');
      expect(await client.order('auth:renew', { token })).toMatchObject({ ...refusal, ticket: 'ticket-3' });
      const asked = server.authorizationServer.callsTo('introspection').map(({ body }) => JSON.stringify(body));
      expect(asked.filter((body) => !body.includes('rpt'))).toEqual([]);
      await beat(60);
      expect(await client.counts(1)).toEqual([60]);
    });

    it('warns a minute before the token ends, and ends with it', async () => {
      const client = await watch();
      const watchOver = server.app.get(GrantWatch, { strict: false });
      server.clock.advanceMs(841_000);
      watchOver.look();
      await client.told('auth:expiring');
      server.authorizationServer.tokens.delete('rpt');
      server.clock.advanceMs(60_000);
      watchOver.look();
      await client.told('ended');
      expect(client.end).toBe('expired');
    });

    it.each<[string, string, readonly unknown[], object]>([
      ['a subscription that is no object', 'subscribe', ['heart'], { status: 400 }],
      ['a place that is none', 'subscribe', [{ after: 'x' }], { status: 400 }],
      ['a place that is a number', 'subscribe', [{ after: 1 }], { status: 400 }],
      ['a token that is no text', 'subscribe', [{ token: 7 }], { status: 400 }],
      ['a resource that does not exist', 'subscribe', [{ resource: 'other' }], { status: 404 }],
      ['a token that opens nothing', 'subscribe', [{ token: 'made-up' }], { status: 401 }],
      ['the end of a subscription that is none', 'unsubscribe', [{ resource: 'other' }], { status: 404 }],
      ['a renewal of nothing', 'auth:renew', [{ token: 'rpt' }], { status: 404 }],
      ['a renewal without a token', 'auth:renew', [{}], { status: 400 }],
      ['an order that there is not', 'measurement', [{ heartRate: 60 }], { status: 400 }],
    ])('refuses %s', async (_what, order, message, refusal) => {
      const client = await connect();
      expect(await client.order(order, ...message)).toMatchObject(refusal);
    });

    it('tells of a refusal also who asks for no answer', async () => {
      const client = await connect();
      client.socket.emit('subscribe', 'nonsense');
      expect(await client.told('refused')).toMatchObject([{ status: 400 }]);
    });

    it('ends a subscription for who wants no more', async () => {
      const client = await watch();
      await client.told('snapshot');
      expect(await client.order('unsubscribe', { resource: id })).toEqual({ resource: id });
      await beat(60);
      expect(await client.order('subscribe', {})).toMatchObject({ resource: id });
      const [, snapshot] = await client.told('snapshot', 2);
      expect(snapshot).toMatchObject({ latest: { heartRate: 60 } });
      expect(client.heartRates).toEqual([]);
    });

    it('answers a client that orders without end with slow_down', async () => {
      const client = await connect();
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => client.order('subscribe', { token: 'made-up' })),
      );
      const statuses = answers.map((answer) => (answer as { readonly status: number }).status);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
      expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(0);
    });
  });

  describe('as server-sent events', () => {
    it('begins with the newest sample, then gives every sample as it is stored', async () => {
      await beat(60);
      const reader = await read();
      expect([reader.status, reader.headers['content-type'], reader.headers['cache-control']]).toEqual([
        200,
        'text/event-stream',
        'private, no-store',
      ]);
      await reader.told('snapshot');
      await beat(61, 62);
      expect(await reader.counts(2)).toEqual([61, 62]);
      expect(reader.of('snapshot')).toMatchObject([{ id: '1', latest: { heartRate: 60 } }]);
    });

    it('is refused without a token, with a ticket', async () => {
      const told = await server.ask(`/resources/${id}/heart-rate/live`);
      expect(told.status).toBe(401);
      expect(told.headers['www-authenticate']).toContain('ticket="ticket-1"');
    });

    it('goes on where its reader was (Last-Event-ID)', async () => {
      const first = await read();
      await first.told('snapshot');
      await beat(60);
      await first.counts(1);
      first.leave();
      await beat(61, 62);
      const second = await read({ 'last-event-id': first.lastId });
      await beat(63);
      expect(await second.counts(3)).toEqual([61, 62, 63]);
    });

    it.each(['garbage', '-1', '99999999999999'])(
      'begins anew, and says so, from a place that is none: %s',
      async (id) => {
        const reader = await read({ 'last-event-id': id });
        expect(await reader.told('snapshot')).toMatchObject([{ restarted: true }]);
      },
    );

    it('ends when its owner stops sharing, and says so', async () => {
      const reader = await read();
      await reader.told('snapshot');
      withdraw();
      await reader.ended();
      expect(reader.end).toBe('withdrawn');
    });

    it('can be read by a page of another origin (RS-13)', async () => {
      const reader = await read({ origin: 'https://viewer.test' });
      expect(reader.status).toBe(200);
      expect(reader.headers['access-control-allow-origin']).toBe('*');
    });

    it('opens to the holder of the key that its token is bound to, and to nobody else (RFC 9449)', async () => {
      const maker = await ProofMaker.make();
      give('bound', [STREAM], { token_type: 'DPoP', cnf: { jkt: maker.jkt } });
      const address = `${ResourceServerApplication.baseUrl}/resources/${id}/heart-rate/live`;
      const dpop = await maker.proof({ token: 'bound', url: address, nowSeconds: server.clock.nowSeconds() });
      const reader = await read({ authorization: 'DPoP bound', dpop });
      expect(reader.status).toBe(200);
      await reader.told('snapshot');
      await beat(60);
      expect(await reader.counts(1)).toEqual([60]);
      expect((await read({ authorization: 'DPoP bound', dpop })).status).toBe(401);
      expect((await read({ authorization: 'Bearer bound' })).status).toBe(401);
    });

    it('answers HEAD with the headers alone', async () => {
      const answer = await request(`${url}/resources/${id}/heart-rate/live`, {
        method: 'HEAD',
        headers: { authorization: 'Bearer rpt' },
      });
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
      expect(await answer.body.text()).toBe('');
    });

    it('ends when the server stops', async () => {
      const reader = await read();
      await reader.told('snapshot');
      await server.restart();
      expect(reader.end).toBe('shutdown');
    });
  });

  it('reaches all who watch, on either transport, and nobody else', async () => {
    const [socket, other] = [await watch(), await watch()];
    const reader = await read();
    await Promise.all([socket.told('snapshot'), other.told('snapshot'), reader.told('snapshot')]);
    withdraw('nobody');
    other.leave();
    await beat(60);
    expect([await socket.counts(1), await reader.counts(1)]).toEqual([[60], [60]]);
    expect(other.heartRates).toEqual([]);
  });
});
