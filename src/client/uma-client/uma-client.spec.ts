import { inspect } from 'node:util';

import { fetch, Response, type ResponseInit } from 'undici';

import { Secret } from '../../common/secret.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../uma/protocol/constants.js';
import { MemoryRptStore } from './memory-rpt-store.js';
import type { KeptRpt } from './rpt-store.js';
import type { FakeReply } from './servers.fake.js';
import type { UmaAnswer } from './uma-answer.js';
import { UmaWorld } from './uma-client.fake.js';
import type { UmaStep } from './uma-client-options.js';

const PATH = '/resources/r1/heart-rate';
let world: UmaWorld;
let url: string;

beforeEach(async () => {
  world = await new UmaWorld().start();
  url = `${world.rs.origin}${PATH}?limit=5`;
});

afterEach(() => world.stop());

const read = (...[party = world.person(), request]: [ReturnType<UmaWorld['person']>?, object?]): Promise<UmaAnswer> =>
  world.client().read(url, party, request);

async function bodyOf(answer: UmaAnswer): Promise<unknown> {
  if (answer.kind !== 'answered') throw new Error(answer.kind);
  return answer.response.json();
}

describe('a first read', () => {
  it('is refused with a ticket, gets the RPT and asks again (UMA Grant 3)', async () => {
    const answer = await read();
    expect(await bodyOf(answer)).toMatchObject({ bpm: 72 });
    expect(world.rs.seen.map(({ path }) => path)).toEqual([`${PATH}?limit=5`, `${PATH}?limit=5`]);
    expect(world.rs.tokens).toEqual(world.as.issued);
  });

  it('sends ticket, resource and ID token to the token endpoint (GRANT-3.3.1, RFC 8707)', async () => {
    await read();
    expect(world.as.tokenRequests).toEqual([
      {
        grant_type: UMA_TICKET_GRANT_TYPE,
        ticket: 'ticket-1',
        resource: world.rs.origin,
        claim_token: 'id-token-of-bob',
        claim_token_format: ID_TOKEN_CLAIM_FORMAT,
      },
    ]);
  });

  it('authenticates with id and secret, both form-urlencoded (RFC 6749 section 2.3.1, FH-06)', async () => {
    await read();
    const [request] = world.as.to('/token');
    const credentials = Buffer.from(request?.headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
    expect(credentials).toBe('%40%211111%210008%21FF:s3cret%3Awith+colon');
  });

  it('tells on what the access rests, without the RPT', async () => {
    expect(await read()).toMatchObject({
      authorization: {
        authorizationServer: world.as.issuer,
        expiresAt: world.clock.nowSeconds() + 900,
        fresh: true,
      },
    });
  });

  it('goes through the fetch it was given, and through nothing else', async () => {
    const called: unknown[] = [];
    const counting: typeof fetch = (input, init) => {
      called.push([input, init?.redirect]);
      return fetch(input, init);
    };
    await world.client({ fetch: counting }).read(url, world.person());
    expect(called).toEqual([
      [url, 'manual'],
      [`${world.as.origin}/.well-known/uma2-configuration`, 'manual'],
      [`${world.as.origin}/token`, 'manual'],
      [url, 'manual'],
    ]);
  });

  it('needs no RPT where the resource is not protected', async () => {
    world.rs.override = () => ({ status: 200, body: { public: true } });
    const answer = await read();
    expect(await bodyOf(answer)).toEqual({ public: true });
    expect(answer).not.toHaveProperty('authorization');
    expect(world.as.seen).toEqual([]);
  });

  it('names a resource server by its configured identifier', async () => {
    const resourceIdentifiers = new Map([[world.rs.origin, `${world.rs.origin}/resources`]]);
    await world.client({ resourceIdentifiers }).read(url, world.person());
    expect(world.as.tokenRequests).toMatchObject([{ resource: `${world.rs.origin}/resources` }]);
  });

  it('repeats method, headers and body, but sets Authorization alone', async () => {
    const request = { method: 'post', headers: { 'x-a': '1', AUTHORIZATION: 'Bearer mine' }, body: 'sample' };
    expect(await bodyOf(await read(world.person(), request))).toMatchObject({ method: 'POST', sent: 'sample' });
    expect(world.rs.seen.map(({ headers }) => headers['x-a'])).toEqual(['1', '1']);
    expect(world.rs.tokens).toEqual(world.as.issued);
  });

  it('rejects a header that cannot be sent', async () => {
    await expect(read(world.person(), { headers: { 'x-a': 'line\nbreak' } })).rejects.toThrow(TypeError);
  });

  it.each([404, 500, 403, 401])('hands on a plain answer %d of the resource server, body and all', async (status) => {
    world.rs.override = () => ({ status, body: { error: 'own' } });
    const answer = await read();
    expect(answer).toMatchObject({ kind: 'answered', response: { status } });
    expect(await bodyOf(answer)).toEqual({ error: 'own' });
  });

  it('reads a refusal of any length without choking on it', async () => {
    world.rs.override = () => ({ status: 403, body: { long: 'x'.repeat(600_000) } });
    expect(await bodyOf(await read())).toMatchObject({ long: expect.stringMatching(/^x{600000}$/) as string });
  });
});

describe('RPTs that are kept', () => {
  it('serve the next read at once', async () => {
    await read();
    const answer = await read();
    expect(answer).toMatchObject({ kind: 'answered', authorization: { fresh: false } });
    expect(world.as.tokenRequests).toHaveLength(1);
    expect(world.rs.seen).toHaveLength(3);
  });

  it('never serve another person', async () => {
    await read(world.person('bob'));
    await read(world.person('eve'));
    await read(world.person('bob', 'https://other.example'));
    expect(world.as.issued).toHaveLength(3);
    expect(new Set(world.rs.tokens).size).toBe(3);
  });

  it('never serve another resource', async () => {
    await read();
    await world.client().read(`${world.rs.origin}/resources/r2/heart-rate`, world.person());
    expect(new Set(world.rs.tokens).size).toBe(2);
  });

  it('are not sent once they have expired', async () => {
    await read();
    world.clock.advanceMs(900_000);
    await read();
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-4']);
  });

  it('are kept without an end where the server names none', async () => {
    world.as.grant = { expires_in: undefined };
    expect(await read()).not.toHaveProperty('authorization.expiresAt');
    world.clock.advanceMs(86_400_000);
    expect(await read()).toMatchObject({ authorization: { fresh: false } });
  });

  it('are dropped when refused, and the flow runs once more', async () => {
    await read();
    world.as.withdrawAll();
    expect(await read()).toMatchObject({ kind: 'answered', authorization: { fresh: true } });
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-2', 'rpt-4']);
    expect(await read()).toMatchObject({ authorization: { fresh: false } });
  });

  it('are dropped when refused without a ticket, and the flow starts without a token', async () => {
    await read();
    world.as.withdrawAll();
    world.rs.override = ({ headers }) => (headers.authorization === 'Bearer rpt-2' ? { status: 401 } : undefined);
    expect(await read()).toMatchObject({ kind: 'answered', authorization: { fresh: true } });
    expect(world.rs.seen.slice(-3).map(({ headers }) => headers.authorization)).toEqual([
      'Bearer rpt-2',
      undefined,
      'Bearer rpt-4',
    ]);
  });

  it('stay dropped when the owner has withdrawn the access', async () => {
    await read();
    world.as.withdrawAll();
    world.as.outcomes.push(() => ({ status: 403, body: { error: 'request_denied' } }));
    expect(await read()).toEqual({ kind: 'denied', authorizationServer: world.as.issuer });
    await read();
    expect(world.rs.tokens.filter((token) => token === 'rpt-2')).toHaveLength(2);
  });

  it('are asked for once by all who wait for the same', async () => {
    const client = world.client();
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.read(url, world.person())));
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'answered'));
    expect(world.as.tokenRequests).toHaveLength(1);
    expect(world.as.to('/.well-known/uma2-configuration')).toHaveLength(1);
  });

  it('do not loop when a store keeps giving back what was refused', async () => {
    class StubbornStore extends MemoryRptStore {
      private asked = 0;

      override list(): Promise<readonly KeptRpt[]> {
        const number = ++this.asked;
        const accessToken = new Secret(`withdrawn-${number}`);
        return Promise.resolve([{ id: String(number), version: 1, accessToken, paths: [PATH] }]);
      }
    }
    const answer = await world.client({ store: new StubbornStore() }).read(url, world.person());
    expect(answer).toEqual({ kind: 'rpt-refused', authorizationServer: world.as.issuer });
    expect(world.rs.seen).toHaveLength(3);
    expect(world.as.tokenRequests).toEqual([]);
  });
});

describe('loop guards (C-6, T52)', () => {
  it('stop at a resource server that refuses every RPT', async () => {
    world.rs.override = () => world.rs.challenge(world.as.issuer, world.as.ticketFor(world.rs.origin));
    expect(await read()).toEqual({ kind: 'rpt-refused', authorizationServer: world.as.issuer });
    expect(world.rs.seen).toHaveLength(2);
    expect(await read()).toMatchObject({ kind: 'rpt-refused' });
    expect(world.rs.tokens).toEqual(world.as.issued);
  });

  const stale = (): FakeReply => ({ status: 400, body: { error: 'invalid_grant' } });

  it('allow one fresh start at the resource server after invalid_grant (C-6)', async () => {
    world.as.outcomes.push(stale);
    expect(await read()).toMatchObject({ kind: 'answered', authorization: { fresh: true } });
    expect(world.as.tokenRequests.map(({ ticket }) => ticket)).toEqual(['ticket-1', 'ticket-2']);
  });

  it('allow no second fresh start', async () => {
    world.as.outcomes.push(stale, stale);
    expect(await read()).toEqual({
      kind: 'refused',
      authorizationServer: world.as.issuer,
      error: 'invalid_grant',
    });
    expect(world.rs.seen).toHaveLength(2);
  });

  it('stop at an authorization server that needs more information for ever', async () => {
    const claims = [{ claim_token_format: [ID_TOKEN_CLAIM_FORMAT] }];
    const needInfo = (): FakeReply => ({
      status: 403,
      body: { error: 'need_info', ticket: world.as.ticketFor(world.rs.origin), required_claims: claims },
    });
    world.as.outcomes.push(...Array.from({ length: 20 }, () => needInfo));
    expect(await read(world.person('bob', 'https://other.example'))).toMatchObject({ kind: 'need-info' });
    const tickets = world.as.tokenRequests.map(({ ticket }) => ticket);
    expect(tickets).toEqual([...new Set(tickets)]);
    expect(tickets.length).toBeLessThanOrEqual(5);
  });

  it('stop when a ticket comes back that was sent (C-3, GRANT-5.5-c)', async () => {
    for (const error of ['need_info', 'request_submitted']) {
      world.as.outcomes.push((ticket) => ({ status: 403, body: { error, ticket } }));
      expect(await read()).toEqual({
        authorizationServer: world.as.issuer,
        kind: 'protocol-violation',
        violation: 'ticket-not-replaced',
      });
    }
    expect(world.as.tokenRequests).toHaveLength(2);
  });
});

describe('need_info (GRANT-3.3.6-c)', () => {
  const OTHER = 'https://idp.example';
  const needInfo = (claims: readonly object[], members: object = {}): void => {
    world.as.outcomes.push(() => ({
      status: 403,
      body: { error: 'need_info', ticket: 'ticket-next', required_claims: claims, ...members },
    }));
  };

  it('tells what is wanted, and keeps where the person can give it, query and all', async () => {
    const claim = { name: 'email', friendly_name: 'E-mail address', issuer: [OTHER] };
    needInfo([claim], { redirect_user: `${world.as.issuer}/uma/claims?x=1` });
    const answer = await read();
    expect(answer).toEqual({
      kind: 'need-info',
      authorizationServer: world.as.issuer,
      ticket: expect.any(Secret) as Secret,
      pushed: [`${ID_TOKEN_CLAIM_FORMAT} ${world.as.issuer}`],
      claims: [{ name: 'email', friendlyName: 'E-mail address', issuer: [OTHER], claimTokenFormat: [] }],
      returnsIssuer: false,
      redirectUser: `${world.as.issuer}/uma/claims?x=1`,
    });
    expect(answer.kind === 'need-info' && answer.ticket.reveal()).toBe('ticket-next');
  });

  it('falls back to the claims endpoint of the metadata (GRANT-2-c)', async () => {
    const endpoint = `${world.as.issuer}/uma/claims`;
    world.as.metadata = { claims_interaction_endpoint: endpoint };
    needInfo([]);
    expect(await read()).toMatchObject({ redirectUser: endpoint });
  });

  it.each(['javascript:alert(1)', 'http://evil.example/', '/relative', true])(
    'makes no link of a redirect_user that is %j',
    async (redirectUser) => {
      needInfo([], { redirect_user: redirectUser });
      expect(await read()).not.toHaveProperty('redirectUser');
    },
  );

  it('shows an ID token to another server than its issuer only when asked for it (GRANT-5.7)', async () => {
    await read(world.person('bob', OTHER));
    expect(world.as.tokenRequests[0]).not.toHaveProperty('claim_token');
  });

  it.each([
    ['its own issuer', [OTHER]],
    ['any issuer', undefined],
  ])('pushes the ID token with the new ticket when it is asked for from %s (C-2, C-4)', async (_whom, issuer) => {
    const format = 'https://openid.net/specs/openid-connect-core-1_0.html#IDToken';
    world.as.outcomes.push(() => ({
      status: 403,
      body: {
        error: 'need_info',
        ticket: world.as.ticketFor(world.rs.origin),
        required_claims: [{ claim_token_format: ['urn:x', format], issuer }],
      },
    }));
    expect(await read(world.person('bob', OTHER))).toMatchObject({ kind: 'answered' });
    expect(world.as.tokenRequests[1]).toMatchObject({
      ticket: 'ticket-2',
      resource: world.rs.origin,
      claim_token: 'id-token-of-bob',
      claim_token_format: format,
    });
  });

  it.each([
    ['another issuer', [{ claim_token_format: [ID_TOKEN_CLAIM_FORMAT], issuer: ['https://else.example'] }]],
    ['another format', [{ claim_token_format: ['urn:oasis:names:tc:SAML:2.0'], issuer: [OTHER] }]],
    ['no format', [{ name: 'email', issuer: [OTHER] }]],
  ])('pushes nothing when asked for %s (T49)', async (_what, claims) => {
    needInfo(claims);
    expect(await read(world.person('bob', OTHER))).toMatchObject({ kind: 'need-info' });
    expect(world.as.tokenRequests).toHaveLength(1);
  });

  it('pushes nothing a second time', async () => {
    needInfo([{ claim_token_format: [ID_TOKEN_CLAIM_FORMAT] }]);
    expect(await read()).toMatchObject({ kind: 'need-info' });
    expect(world.as.tokenRequests).toHaveLength(1);
  });

  it('pushes nothing when there is no ID token to give', async () => {
    needInfo([{ claim_token_format: [ID_TOKEN_CLAIM_FORMAT] }]);
    const party = { ...world.person(), idToken: () => Promise.resolve(undefined) };
    expect(await read(party)).toMatchObject({ kind: 'need-info' });
    expect(world.as.tokenRequests).toEqual([
      { grant_type: UMA_TICKET_GRANT_TYPE, ticket: 'ticket-1', resource: world.rs.origin },
    ]);
  });
});

describe('other ends', () => {
  it('says that the owner was asked, and when to ask again (GRANT-3.3.6-e)', async () => {
    const body = { error: 'request_submitted', ticket: 'ticket-9', interval: 3 };
    world.as.outcomes.push(() => ({ status: 403, body }));
    const answer = await read();
    expect(answer).toMatchObject({ kind: 'submitted', authorizationServer: world.as.issuer, intervalSeconds: 3 });
    expect(answer.kind === 'submitted' && answer.ticket?.reveal()).toBe('ticket-9');
  });

  it('says so without a ticket where the server gives none (Keycloak)', async () => {
    const body = { error: 'access_denied', error_description: 'request_submitted' };
    world.as.outcomes.push(() => ({ status: 403, body }));
    expect(await read()).toEqual({
      kind: 'submitted',
      authorizationServer: world.as.issuer,
      pushed: [`${ID_TOKEN_CLAIM_FORMAT} ${world.as.issuer}`],
    });
  });

  it.each(['invalid_client', 'invalid_scope', 'unauthorized_client'])('hands on %s', async (error) => {
    world.as.outcomes.push(() => ({ status: 400, body: { error } }));
    expect(await read()).toEqual({ kind: 'refused', authorizationServer: world.as.issuer, error });
  });

  it.each([
    ['a token of another type', { token_type: 'DPoP' }],
    ['a token that cannot stand in a header', { access_token: 'rpt\r\nX-Evil: 1' }],
  ])('uses no %s', async (_what, grant) => {
    world.as.grant = grant;
    expect(await read()).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'protocol-violation',
      violation: 'unusable-token',
    });
    expect(world.rs.tokens).toEqual([]);
  });

  it('says that the resource server cannot be reached', async () => {
    await world.rs.stop();
    expect(await read()).toEqual({ kind: 'resource-server-unreachable' });
  });

  it('says that the authorization server cannot be reached, which the client itself has seen', async () => {
    await world.as.stop();
    expect(await read()).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'authorization-server-unreachable',
      reportedBy: 'client',
    });
  });

  it.each([
    [503, '/.well-known/uma2-configuration'],
    [503, '/token'],
    [429, '/.well-known/uma2-configuration'],
    [429, '/token'],
  ])('takes a %d from %s for unreachable', async (status, path) => {
    world.as.override = (request) => (request.path === path ? { status, body: {} } : undefined);
    expect(await read()).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'authorization-server-unreachable',
      reportedBy: 'client',
    });
  });

  it.each([403, 503])('says that the resource server cannot reach it, by Warning and %d (RS-4)', async (status) => {
    world.rs.override = () => ({ status, headers: { Warning: '199 - "UMA Authorization Server Unreachable"' } });
    expect(await read()).toEqual({ kind: 'authorization-server-unreachable', reportedBy: 'resource-server' });
  });

  it('takes no other warning for that, and none on success', async () => {
    world.rs.override = () => ({ status: 403, headers: { Warning: '199 - "Miscellaneous"' } });
    expect(await read()).toMatchObject({ kind: 'answered' });
    world.rs.override = () => ({
      status: 200,
      headers: { Warning: '199 - "UMA Authorization Server Unreachable"' },
      body: {},
    });
    expect(await read()).toMatchObject({ kind: 'answered' });
  });

  it('rejects with what the person or the store throws', async () => {
    const party = { ...world.person(), idToken: () => Promise.reject(new Error('session gone')) };
    await expect(read(party)).rejects.toThrow('session gone');
  });
});

describe('time', () => {
  afterEach(() => jest.useRealTimers());

  /** Reads from a resource server that answers after so many milliseconds of a clock that is turned by hand. */
  async function readAfter(delayMs: number, init: ResponseInit): Promise<UmaAnswer> {
    jest.useFakeTimers();
    const slow: typeof fetch = (_url, request) =>
      new Promise((resolve, reject) => {
        request?.signal?.addEventListener('abort', () => {
          reject(new Error('given up'));
        });
        setTimeout(() => {
          resolve(new Response(null, init));
        }, delayMs);
      });
    const answer = world.client({ fetch: slow }).read(url, world.person());
    await jest.advanceTimersByTimeAsync(delayMs);
    return answer;
  }

  const silent = (path: string) => (request: { path: string }) =>
    request.path.startsWith(path) ? { status: 200, headers: { 'content-length': '10' }, body: '{' } : undefined;

  it.each([
    ['resource server', () => world.rs, { resourceTimeoutMs: 50 }, 'resource-server-unreachable'],
    ['authorization server', () => world.as, { timeoutMs: 50 }, 'authorization-server-unreachable'],
  ])('limits how long a silent %s is waited for', async (_which, server, limit, kind) => {
    Object.assign(server(), { reply: () => undefined });
    const client = world.client(limit);
    expect(await client.read(url, world.person())).toMatchObject({ kind });
  });

  it('lets a resource server wait in vain for its authorization server, and hears of it (RS-4)', async () => {
    const warning = { Warning: '199 - "UMA Authorization Server Unreachable"' };
    expect(await readAfter(10_500, { status: 403, headers: warning })).toEqual({
      kind: 'authorization-server-unreachable',
      reportedBy: 'resource-server',
    });
  });

  it('gives up a resource server after twelve seconds', async () => {
    expect(await readAfter(12_001, { status: 200 })).toEqual({ kind: 'resource-server-unreachable' });
  });

  it('limits how long half an answer is waited for', async () => {
    world.as.override = silent('/token');
    const answer = await world.client({ timeoutMs: 100 }).read(url, world.person());
    expect(answer).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'authorization-server-unreachable',
      reportedBy: 'client',
    });
  });

  it('sets no limit to reading the resource itself', async () => {
    jest.useFakeTimers();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const slow: typeof fetch = (_url, request) => {
      request?.signal?.addEventListener('abort', () => void writable.abort(new Error('given up')));
      return Promise.resolve(new Response(readable));
    };
    const answer = await world.client({ fetch: slow }).read(url, world.person());
    await jest.advanceTimersByTimeAsync(60_000);
    void new Blob(['72 bpm, at last']).stream().pipeTo(writable);
    expect(answer).toMatchObject({ kind: 'answered', response: { status: 200 } });
    expect(await (answer as { response: Response }).response.text()).toBe('72 bpm, at last');
  });

  it("rejects with the reason of the caller's signal, before and during the call", async () => {
    const reason = new Error('the person left');
    await expect(read(world.person(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const leaving = new AbortController();
    world.rs.override = () => {
      leaving.abort(reason);
      return undefined;
    };
    await expect(read(world.person(), { signal: leaving.signal })).rejects.toBe(reason);
  });
});

describe('metadata', () => {
  const WELL_KNOWN = '/.well-known/uma2-configuration';
  const fetches = (): number => world.as.to(WELL_KNOWN).length;
  const readAnew = (client: ReturnType<UmaWorld['client']>, path: string): Promise<UmaAnswer> =>
    client.read(`${world.rs.origin}${path}`, world.person());

  it('are reused for as long as their headers say, and at most an hour', async () => {
    world.as.metadataHeaders = { 'cache-control': 'max-age=86400' };
    const client = world.client();
    await readAnew(client, '/1');
    world.clock.advanceMs(3_599_000);
    await readAnew(client, '/2');
    expect(fetches()).toBe(1);
    world.clock.advanceMs(1_000);
    await readAnew(client, '/3');
    expect(fetches()).toBe(2);
  });

  it('are fetched each time when they must not be stored', async () => {
    world.as.metadataHeaders = { 'cache-control': 'no-store' };
    const client = world.client();
    await readAnew(client, '/1');
    await readAnew(client, '/2');
    expect(fetches()).toBe(2);
  });

  it.each([
    ['fails', { status: 502, body: {} }],
    ['has moved', { status: 404, body: 'Not found' }],
  ])('are fetched anew after an endpoint they name %s', async (_how, reply) => {
    const client = world.client();
    world.as.outcomes.push(() => reply);
    await readAnew(client, '/1');
    await readAnew(client, '/2');
    expect(fetches()).toBe(2);
  });

  it('are found in the inserted form too (GRANT-2-b)', async () => {
    const issuer = `${world.as.origin}/t1`;
    const document = { issuer, token_endpoint: `${world.as.origin}/token` };
    world.as.override = ({ path }) => (path === `${WELL_KNOWN}/t1` ? { status: 200, body: document } : undefined);
    world.rs.challenge = (_asUri, ticket) => ({ status: 401, body: { ticket, as_uri: issuer } });
    const trusted = new Map([[world.rs.origin, [issuer]]]);
    expect(await world.client({ trusted }).read(url, world.person())).toMatchObject({ kind: 'answered' });
    expect(world.as.seen.slice(0, 2).map(({ path }) => path)).toEqual([`/t1${WELL_KNOWN}`, `${WELL_KNOWN}/t1`]);
  });

  it('are looked for behind a redirect on the same server (Gluu)', async () => {
    world.as.override = ({ path }) => {
      if (path === WELL_KNOWN) return { status: 302, headers: { Location: '/restv1/uma2-configuration' } };
      if (path !== '/restv1/uma2-configuration') return undefined;
      return { status: 200, body: { issuer: world.as.issuer, token_endpoint: `${world.as.origin}/token` } };
    };
    expect(await read()).toMatchObject({ kind: 'answered' });
  });

  it.each([
    ['missing', { status: 404, body: {} }],
    ['not JSON', { status: 200, body: '<html>' }],
    ['a list', { status: 200, body: [] }],
    ['empty', { status: 204 }],
    ['endless', { status: 200, body: { long: 'x'.repeat(300_000) } }],
  ])('that are %s end the flow', async (_what, reply) => {
    world.as.override = ({ path }) => (path === WELL_KNOWN ? reply : undefined);
    expect(await read()).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'protocol-violation',
      violation: 'no-metadata',
    });
    expect(world.as.tokenRequests).toEqual([]);
  });
});

describe('the observer', () => {
  it('sees each request in order, without queries and secrets', async () => {
    const steps: UmaStep[] = [];
    await world.client({ onStep: (step) => steps.push(step) }).read(url, world.person());
    const [rs, as] = [world.rs.origin, world.as.origin];
    expect(steps).toEqual([
      { what: 'resource', method: 'GET', url: `${rs}${PATH}`, status: 401, durationMs: 0 },
      { what: 'discovery', method: 'GET', url: `${as}/.well-known/uma2-configuration`, status: 200, durationMs: 0 },
      { what: 'token', method: 'POST', url: `${as}/token`, status: 200, durationMs: 0 },
      { what: 'resource', method: 'GET', url: `${rs}${PATH}`, status: 200, durationMs: 0 },
    ]);
    expect(inspect(steps, { depth: 9 })).not.toMatch(/rpt-|ticket-|id-token|limit/);
  });

  it('learns why a request got no answer', async () => {
    const steps: UmaStep[] = [];
    await world.rs.stop();
    await world.client({ onStep: (step) => steps.push(step) }).read(url, world.person());
    expect(steps).toMatchObject([{ what: 'resource', error: expect.any(Error) as Error }]);
    expect(steps[0]).not.toHaveProperty('status');
  });
});
