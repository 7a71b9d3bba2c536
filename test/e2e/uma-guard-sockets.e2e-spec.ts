import type { INestApplication } from '@nestjs/common';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';

import { FakeAuthorizationServer, FixedClock, FixedPats, FixedResources, ProofMaker } from '../../src/testing/index.js';
import type { RefusalMessage } from '../../src/uma/index.js';
import { SECRET_BEAT } from '../support/guarded-application.js';
import { ClosedGateway, guardedGateway } from '../support/guarded-gateway.js';
import '../support/uma-matchers.js';

const READ = 'heart-rate:read';

/** How a client connects. */
interface Handshake {
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly extraHeaders?: Readonly<Record<string, string>>;
}

type Outcome = { readonly answer: unknown } | { readonly refusal: RefusalMessage };

describe('the guard on sockets (socket.io gateways)', () => {
  let as: FakeAuthorizationServer;
  let clock: FixedClock;
  let app: INestApplication;
  let base: string;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    as = await FakeAuthorizationServer.start();
    clock = new FixedClock();
    const resources = new FixedResources();
    const owner = { issuer: as.issuer, subject: 'alice' };
    resources.resources.set('heart', { id: 'heart', owner, umaResourceId: 'R1' });
    resources.resources.set('lungs', { id: 'lungs', owner, umaResourceId: 'R2' });
    app = await guardedGateway({ clock, pats: new FixedPats().set('alice', 'PATa1'), resources });
    base = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.disconnect();
    await app.close();
    await as.stop();
  });

  function give(permissions: Readonly<Record<string, readonly string[]>>, members: object = {}): void {
    as.tokens.set('rpt', {
      active: true,
      exp: clock.nowSeconds() + 900,
      permissions: Object.entries(permissions).map(([resource_id, resource_scopes]) => ({
        resource_id,
        resource_scopes,
      })),
      ...members,
    });
  }

  function open(namespace: string, { auth = {}, ...others }: Handshake): Socket {
    const options = { auth, ...others, transports: ['websocket'], reconnection: false, forceNew: true };
    const socket = io(`${base}${namespace}`, options as object);
    sockets.push(socket);
    return socket;
  }

  async function connect(namespace: string, handshake: Handshake): Promise<Socket> {
    const socket = open(namespace, handshake);
    await once(socket as never, 'connect');
    return socket;
  }

  async function refusedHandshake(namespace: string, handshake: Handshake): Promise<RefusalMessage> {
    const [error] = (await once(open(namespace, handshake) as never, 'connect_error')) as [{ data: RefusalMessage }];
    return error.data;
  }

  /** What comes of an event: an answer of its handler, or an `exception`. */
  async function send(socket: Socket, event: string, message?: unknown): Promise<Outcome> {
    return new Promise((resolve) => {
      socket.once('exception', (refusal: RefusalMessage) => {
        resolve({ refusal });
      });
      socket.emit(event, message, (answer: unknown) => {
        resolve({ answer });
      });
    });
  }

  /** Why an event was refused; `undefined` when it was not. */
  async function refusalOf(socket: Socket, event: string, message: unknown): Promise<RefusalMessage | undefined> {
    const outcome = await send(socket, event, message);
    return 'refusal' in outcome ? outcome.refusal : undefined;
  }

  const bearing = { auth: { token: 'rpt' } };

  describe('of events', () => {
    it.each<[string, Handshake]>([
      ['as auth.token', bearing],
      ['in the header Authorization', { extraHeaders: { authorization: 'Bearer rpt' } }],
    ])('let a handler run for a token %s, and tell it what was decided', async (_where, handshake) => {
      give({ R1: [READ] });
      const socket = await connect('/events', handshake);
      expect(await send(socket, 'read', { id: 'heart' })).toEqual({
        answer: { beat: SECRET_BEAT, id: 'heart', scopes: [READ] },
      });
    });

    it('refuse one without a token, with a ticket to try again with (UMA Grant 3.2.1)', async () => {
      const socket = await connect('/events', {});
      expect(await send(socket, 'read', { id: 'heart' })).toEqual({
        refusal: {
          status: 401,
          error: 'invalid_token',
          error_description: expect.any(String) as string,
          as_uri: as.issuer,
          ticket: 'ticket-1',
        },
      });
      expect(as.callsTo('permission')[0]?.body).toEqual({ resource_id: 'R1', resource_scopes: [READ] });
    });

    it.each<[string, Readonly<Record<string, readonly string[]>>]>([
      ['for another resource', { R2: [READ] }],
      ['with another scope', { R1: ['heart-rate:summary'] }],
      ['for nothing', {}],
    ])('refuse a token %s (T43, T44)', async (_what, permissions) => {
      give(permissions);
      expect(await send(await connect('/events', bearing), 'read', { id: 'heart' })).toMatchObject({
        refusal: { status: 401, ticket: 'ticket-1' },
      });
    });

    it('take several resources of one message, each of which has to be open', async () => {
      give({ R1: [READ] });
      const socket = await connect('/events', bearing);
      expect(await send(socket, 'read-all', { ids: ['heart', 'lungs'] })).toMatchObject({ refusal: { status: 401 } });
      give({ R1: [READ], R2: [READ] });
      expect(await send(socket, 'read-all', { ids: ['heart', 'lungs'] })).toEqual({
        answer: { beat: SECRET_BEAT, ids: ['heart', 'lungs'] },
      });
    });

    it('keep the decisions of messages apart that come in at once', async () => {
      give({ R1: [READ], R2: [READ] });
      const socket = await connect('/events', bearing);
      const ids = Array.from({ length: 40 }, (_none, index) => (index % 2 === 0 ? 'heart' : 'lungs'));
      const answers = await Promise.all(
        ids.map((id) => socket.emitWithAck('read', { id }) as Promise<{ readonly id: string }>),
      );
      expect(answers.map(({ id }) => id)).toEqual(ids);
    });

    it.each<[string, unknown]>([
      ['no message', undefined],
      ['a text', 'heart'],
      ['nothing', null],
      ['an id that is none', { id: 7 }],
      ['an empty list', { id: [] }],
      ['an id that every object has', { constructor: 'heart' }],
      ['an unknown id', { id: 'stomach' }],
    ])('refuse %s', async (_what, message) => {
      give({ R1: [READ] });
      expect(await send(await connect('/events', bearing), 'read', message)).toMatchObject({
        refusal: { status: 404 },
      });
    });

    it('refuse a guarded event without metadata, whatever the token', async () => {
      give({ R1: [READ] });
      const outcome = await send(await connect('/events', bearing), 'forgotten', { id: 'heart' });
      expect(outcome).toEqual({
        refusal: { status: 403, error: 'access_denied', error_description: 'This way in is closed.' },
      });
      expect(as.calls).toEqual([]);
    });

    it('are closed while the authorization server is away (UMA Grant 3.2.2)', async () => {
      const socket = await connect('/events', bearing);
      await as.stop();
      expect(await refusalOf(socket, 'read', { id: 'heart' })).toBeAuthorizationServerUnreachable();
    });

    it('notice a withdrawal on a socket that stays open (T45)', async () => {
      give({ R1: [READ] });
      const socket = await connect('/events', bearing);
      expect(await send(socket, 'read', { id: 'heart' })).toHaveProperty('answer');
      as.tokens.delete('rpt');
      clock.advanceMs(10_000);
      expect(await send(socket, 'read', { id: 'heart' })).toMatchObject({ refusal: { status: 401 } });
    });

    it.each(['a\0b', 'a b', ' ', 'é', 'a\r\nb', 'Bearer rpt', 'a=b', '"'])(
      'refuse %j, which cannot be a token, as one that nobody knows, and ask nobody about it (RFC 6750 section 2.1)',
      async (token) => {
        as.tokens.set(token, { active: true, permissions: [{ resource_id: 'R1', resource_scopes: [READ] }] });
        const socket = await connect('/events', { auth: { token } });
        const refusal = await refusalOf(socket, 'read', { id: 'heart' });
        expect(refusal).toMatchObject({ status: 401, error: 'invalid_token', ticket: 'ticket-1' });
        expect(as.callsTo('introspection')).toEqual([]);
      },
    );

    it.each<[string, Handshake]>([
      ['in the address', { query: { token: 'rpt' } }],
      ['in the address under the name of the standard', { query: { access_token: 'rpt' } }],
      ['twice', { auth: { token: 'rpt' }, extraHeaders: { authorization: 'Bearer rpt' } }],
    ])('do not look at a token %s', async (_where, handshake) => {
      give({ R1: [READ] });
      expect(await send(await connect('/events', handshake), 'read', { id: 'heart' })).toMatchObject({
        refusal: { status: 400, error: 'invalid_request' },
      });
    });
  });

  describe('of connections', () => {
    const to = (resource: unknown, others: object = {}) => ({ auth: { token: 'rpt', resource, ...others } });

    it('lets a socket in whose token opens the resource it names', async () => {
      give({ R1: [READ] });
      const socket = await connect('/closed', to('heart'));
      expect(await send(socket, 'read', { id: 'heart' })).toEqual({ answer: SECRET_BEAT });
    });

    it('refuses the handshake of every other, with a ticket, and nobody is connected', async () => {
      expect(await refusedHandshake('/closed', { auth: { resource: 'heart' } })).toBeUmaChallenge({
        asUri: as.issuer,
        ticket: 'ticket-1',
      });
      give({ R2: [READ] });
      expect(await refusedHandshake('/closed', to('heart'))).toMatchObject({ status: 401, ticket: 'ticket-2' });
      for (const resource of ['stomach', 7, undefined]) {
        expect(await refusedHandshake('/closed', to(resource))).toMatchObject({ status: 404 });
      }
      expect(app.get(ClosedGateway).connected).toEqual([]);
    });

    it('opens nothing but what the event demands to who is in', async () => {
      give({ R1: [READ] });
      const socket = await connect('/closed', to('heart'));
      for (const [event, message] of [
        ['read', { id: 'lungs' }],
        ['summary', { id: 'heart' }],
      ] as const) {
        expect(await send(socket, event, message)).toMatchObject({ refusal: { status: 401 } });
      }
    });

    it('answers no event of a namespace that a socket has not entered', async () => {
      give({ R1: [READ] });
      const socket = open('/closed', { auth: { resource: 'heart' } });
      await once(socket as never, 'connect_error');
      // Straight into the connection, as a client would that does not care for the refusal.
      socket.io.engine.write('2/closed,1["read",{"id":"heart"}]');
      await expect(once(socket.io.engine as never, 'data', { signal: AbortSignal.timeout(200) })).rejects.toThrow();
    });
  });

  describe('with a token that is bound to a key (T46)', () => {
    const url = 'http://rs.test/events';

    it('opens with a proof in the handshake, for all that the socket sends, and for no other socket', async () => {
      const maker = await ProofMaker.make();
      give({ R1: [READ] }, { token_type: 'DPoP', cnf: { jkt: maker.jkt } });
      const dpop = await maker.proof({ token: 'rpt', url, nowSeconds: clock.nowSeconds() });
      const socket = await connect('/events', { auth: { token: 'rpt', dpop } });
      expect(await send(socket, 'read', { id: 'heart' })).toHaveProperty('answer');
      expect(await send(socket, 'read', { id: 'heart' })).toHaveProperty('answer');
      const thief = await connect('/events', { auth: { token: 'rpt', dpop } });
      expect(await send(thief, 'read', { id: 'heart' })).toMatchObject({ refusal: { error: 'invalid_dpop_proof' } });
    });

    it('does not open when it is merely borne, nor with a proof for another place', async () => {
      const maker = await ProofMaker.make();
      give({ R1: [READ] }, { cnf: { jkt: maker.jkt } });
      expect(await send(await connect('/events', bearing), 'read', { id: 'heart' })).toMatchObject({
        refusal: { status: 401, error: 'invalid_token' },
      });
      const dpop = await maker.proof({ token: 'rpt', url: 'http://rs.test/closed', nowSeconds: clock.nowSeconds() });
      const elsewhere = await connect('/events', { extraHeaders: { authorization: 'DPoP rpt', dpop } });
      expect(await send(elsewhere, 'read', { id: 'heart' })).toMatchObject({
        refusal: { status: 401, error: 'invalid_dpop_proof' },
      });
    });
  });
});
