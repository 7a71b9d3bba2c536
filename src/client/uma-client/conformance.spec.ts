import { inspect } from 'node:util';

import { type FakeReply, FakeAuthorizationServer, FakeResourceServer } from './servers.fake.js';
import type { UmaAnswer } from './uma-answer.js';
import { UmaWorld } from './uma-client.fake.js';

const PATH = '/alice/heart-rate';
let world: UmaWorld;

beforeEach(async () => {
  world = await new UmaWorld().start();
});

afterEach(() => world.stop());

const read = (): Promise<UmaAnswer> => world.client().read(`${world.rs.origin}${PATH}`, world.person());

describe('T47: a challenge in any of its forms', () => {
  const inHeader = (...lines: readonly string[]): FakeReply => ({
    status: 401,
    headers: { 'WWW-Authenticate': lines },
  });

  it.each<[string, (asUri: string, ticket: string) => FakeReply]>([
    ['as the standard prints it', (as, t) => inHeader(`UMA realm="heart", as_uri="${as}", ticket="${t}"`)],
    ['with its parameters reordered', (as, t) => inHeader(`UMA ticket="${t}", realm="heart", as_uri="${as}"`)],
    [
      'with parameters unknown to us',
      (as, t) => inHeader(`UMA x=1, as_uri="${as}", ticket="${t}", resource_metadata="y"`),
    ],
    ['unquoted', (as, t) => inHeader(`UMA realm=heart,as_uri=${as},ticket=${t}`)],
    [
      'behind another challenge, joined by a comma',
      (as, t) => inHeader(`Bearer realm="a, b", UMA as_uri="${as}", ticket="${t}"`),
    ],
    [
      'before another challenge, joined by a comma',
      (as, t) => inHeader(`UMA as_uri="${as}", ticket="${t}", Basic realm="b"`),
    ],
    ['on the second of two lines', (as, t) => inHeader('Basic realm="b"', `UMA as_uri="${as}", ticket="${t}"`)],
    ['in lower case', (as, t) => inHeader(`uma as_uri="${as}", ticket="${t}"`)],
    ['with status 403', (as, t) => ({ ...inHeader(`UMA as_uri="${as}", ticket="${t}"`), status: 403 })],
    [
      'in a JSON body (Fraunhofer, ForgeRock)',
      (as, t) => ({ ...inHeader('UMA realm=host'), body: { ticket: t, as_uri: as } }),
    ],
    ['in a JSON body without any header', (as, t) => ({ status: 403, body: { ticket: t, as_uri: as } })],
    ['in a JSON body that names no server', (_as, t) => ({ status: 401, body: { ticket: t, as_uri: 'undefined' } })],
  ])('is understood %s', async (_form, challenge) => {
    world.rs.challenge = challenge;
    expect(await read()).toMatchObject({ kind: 'answered', response: { status: 200 } });
    expect(world.as.seen.map(({ path }) => path)).toEqual(['/.well-known/uma2-configuration', '/token']);
    expect(world.as.tokenRequests).toMatchObject([{ ticket: 'ticket-1' }]);
  });

  it('is not guessed at where several servers could be meant', async () => {
    world.rs.challenge = (_asUri, ticket) => ({ status: 401, body: { ticket } });
    const trusted = new Map([[world.rs.origin, [world.as.issuer, 'https://other.example']]]);
    const answer = await world.client({ trusted }).read(`${world.rs.origin}${PATH}`, world.person());
    expect(answer).toMatchObject({ kind: 'answered', response: { status: 401 } });
    expect(world.as.seen).toEqual([]);
  });
});

describe('T48: no secret for a server that is not trusted (SEC-2)', () => {
  async function expectNothingToLeave(kind: UmaAnswer['kind'], evil?: FakeAuthorizationServer): Promise<UmaAnswer> {
    const answer = await read();
    expect(answer).toMatchObject({ kind });
    const sent = inspect([world.as.seen, world.rs.seen, evil?.seen], { depth: 9 });
    expect(sent).not.toMatch(/ticket-|id-token|authorization/i);
    return answer;
  }

  it.each(['https://as.example', '', '/t1', ':8080'])('metadata of another issuer (%j) end the flow', async (other) => {
    world.as.metadata = { issuer: other.startsWith('https') ? other : `${world.as.issuer}${other || '/'}` };
    expect(await expectNothingToLeave('untrusted')).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'untrusted',
      server: 'authorization-server',
      reason: 'The metadata document names another issuer than the one it was fetched for.',
    });
  });

  it('a token endpoint on an open line ends the flow', async () => {
    world.as.metadata = { token_endpoint: 'http://as.example/token' };
    expect(await expectNothingToLeave('untrusted')).toMatchObject({ server: 'authorization-server' });
  });

  it('an as_uri that is not on the list is not even asked for its metadata', async () => {
    const evil = await world.add(new FakeAuthorizationServer());
    world.rs.challenge = (_asUri, ticket) => ({ status: 401, body: { ticket, as_uri: evil.issuer } });
    expect(await expectNothingToLeave('untrusted', evil)).toMatchObject({ server: 'authorization-server' });
    expect(evil.seen).toEqual([]);
  });

  it.each(['/', '#', '?', '@evil.example', '.evil.example'])(
    'an as_uri like the one on the list is not it (%s)',
    async (more) => {
      world.rs.challenge = (asUri, ticket) => ({ status: 401, body: { ticket, as_uri: `${asUri}${more}` } });
      await expectNothingToLeave('untrusted');
      expect(world.as.seen).toEqual([]);
    },
  );

  it('an http as_uri is refused even when it is on the list', async () => {
    const issuer = 'http://as.example';
    world.rs.challenge = (_asUri, ticket) => ({ status: 401, body: { ticket, as_uri: issuer } });
    const trusted = new Map([[world.rs.origin, [issuer]]]);
    expect(await world.client({ trusted }).read(`${world.rs.origin}${PATH}`, world.person())).toEqual({
      authorizationServer: issuer,
      kind: 'untrusted',
      server: 'authorization-server',
      reason: 'The address of the authorization server is not an https URL.',
    });
  });

  it('an issuer that can have no metadata is refused even when it is on the list', async () => {
    const issuer = `${world.as.issuer}/?tenant=1`;
    world.rs.challenge = (_asUri, ticket) => ({ status: 401, body: { ticket, as_uri: issuer } });
    const trusted = new Map([[world.rs.origin, [issuer]]]);
    const answer = await world.client({ trusted }).read(`${world.rs.origin}${PATH}`, world.person());
    expect(answer).toMatchObject({ kind: 'untrusted', server: 'authorization-server' });
    expect(world.as.seen).toEqual([]);
  });

  it.each([
    ['plain http', 'http://rs.example/x'],
    ['a user name', 'http://user@127.0.0.1/x'],
    ['no URL', 'rs.example/x'],
    ['a file', 'file:///etc/passwd'],
    ['a server that is not on the list', 'https://rs.example/x'],
    ["the cloud's own address", 'http://169.254.169.254/latest/meta-data'],
  ])('a resource by %s is not called at all', async (_what, url) => {
    const fetch = jest.fn();
    const answer = await world.client({ fetch }).read(url, world.person());
    expect(answer).toMatchObject({ kind: 'untrusted', server: 'resource-server' });
    expect(fetch).not.toHaveBeenCalled();
  });

  it('the token endpoint cannot send the secrets on', async () => {
    const evil = await world.add(new FakeAuthorizationServer());
    const Location = `${evil.origin}/token`;
    world.as.outcomes.push(() => ({ status: 307, headers: { Location } }));
    expect(await read()).toMatchObject({ kind: 'refused', error: 'invalid_response' });
    expect(evil.seen).toEqual([]);
  });

  it('the metadata cannot come from elsewhere', async () => {
    const evil = await world.add(new FakeAuthorizationServer());
    evil.metadata = { issuer: world.as.issuer };
    world.as.override = ({ path }) => ({ status: 302, headers: { Location: `${evil.origin}${path}` } });
    expect(await read()).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'protocol-violation',
      violation: 'cross-origin-redirect',
    });
    expect(evil.seen).toEqual([]);
  });
});

describe('T51: pass the ticket (SEC-1)', () => {
  /** A rogue resource server that relays the challenge of the real one. */
  async function rogue(): Promise<FakeResourceServer> {
    const evil = await world.add(new FakeResourceServer(world.as));
    evil.override = () => world.rs.challenge(world.as.issuer, world.as.ticketFor(world.rs.origin));
    return evil;
  }

  const readFrom = (evil: FakeResourceServer, issuers: readonly string[]): Promise<UmaAnswer> =>
    world.client({ trusted: new Map([[evil.origin, issuers]]) }).read(`${evil.origin}/x`, world.person());

  it('is stopped by an authorization server that compares the resource (RFC 8707)', async () => {
    const evil = await rogue();
    expect(await readFrom(evil, [world.as.issuer])).toEqual({
      kind: 'refused',
      authorizationServer: world.as.issuer,
      error: 'invalid_target',
    });
    expect(world.as.tokenRequests).toMatchObject([{ resource: evil.origin }]);
    expect(evil.tokens).toEqual([]);
  });

  it.each([
    ['names the real server alone', () => world.rs.origin],
    ['names the real server beside the rogue', (evil: string) => [evil, world.rs.origin]],
    ['names nothing that can be read', () => []],
  ])('is stopped by the client when the answer %s (C-14)', async (_how, resource) => {
    const evil = await rogue();
    world.as.checksResource = false;
    world.as.grant = { resource: resource(evil.origin) };
    expect(await readFrom(evil, [world.as.issuer])).toEqual({
      authorizationServer: world.as.issuer,
      kind: 'protocol-violation',
      violation: 'resource-mismatch',
    });
    expect(evil.tokens).toEqual([]);
  });

  it('is stopped by the list when the rogue may not name that authorization server (C-13)', async () => {
    const evil = await rogue();
    expect(await readFrom(evil, ['https://as.evil.example'])).toMatchObject({
      kind: 'untrusted',
      server: 'authorization-server',
    });
    expect(world.as.seen).toEqual([]);
  });

  it('is stopped by the list when the rogue is not on it', async () => {
    const evil = await rogue();
    expect(await world.client().read(`${evil.origin}/x`, world.person())).toMatchObject({ kind: 'untrusted' });
    expect(evil.seen).toEqual([]);
  });

  it('gets no RPT that was kept for the real server (C-12)', async () => {
    const evil = await rogue();
    const trusted = new Map([
      [world.rs.origin, [world.as.issuer]],
      [evil.origin, [world.as.issuer]],
    ]);
    const client = world.client({ trusted });
    await client.read(`${world.rs.origin}${PATH}`, world.person());
    await client.read(`${evil.origin}${PATH}`, world.person());
    expect(world.as.issued).toHaveLength(1);
    expect(evil.tokens).toEqual([]);
  });

  it('does not touch an honest flow whose answer names the server called', async () => {
    world.as.grant = { resource: [`${world.rs.origin}/`] };
    expect(await read()).toMatchObject({ kind: 'answered', response: { status: 200 } });
  });
});

describe('T53: the RPT stays between client and servers (C-8, C-12)', () => {
  const redirectTo = (location: string, status = 302): void => {
    world.rs.override = ({ path, headers }) =>
      path === PATH && headers.authorization !== undefined ? { status, headers: { Location: location } } : undefined;
  };

  it.each([301, 302, 303, 307, 308])('follows no redirect %d to another origin', async (status) => {
    const other = await world.add(new FakeResourceServer(world.as));
    redirectTo(`${other.origin}${PATH}`, status);
    expect(await read()).toEqual({ kind: 'protocol-violation', violation: 'cross-origin-redirect' });
    expect(other.seen).toEqual([]);
  });

  it.each(['//evil.example/', 'https://127.0.0.1/', 'http://localhost:1/', 'http://[', 'javascript:alert(1)'])(
    'follows no redirect to %s',
    async (location) => {
      redirectTo(location);
      expect(await read()).toEqual({ kind: 'protocol-violation', violation: 'cross-origin-redirect' });
    },
  );

  it('follows a redirect on the same origin, RPT and all', async () => {
    redirectTo('/moved/heart-rate');
    expect(await read()).toMatchObject({ kind: 'answered', response: { status: 200 } });
    expect(world.rs.seen.at(-1)).toMatchObject({
      path: '/moved/heart-rate',
      headers: { authorization: 'Bearer rpt-2' },
    });
  });

  it('follows three redirects and not one more', async () => {
    world.rs.override = ({ path }) => {
      const hop = Number(path.slice(1));
      return hop > 0 ? { status: 302, headers: { Location: `/${hop - 1}` } } : { status: 200, body: {} };
    };
    const client = world.client();
    expect(await client.read(`${world.rs.origin}/3`, world.person())).toMatchObject({ kind: 'answered' });
    expect(await client.read(`${world.rs.origin}/4`, world.person())).toEqual({
      kind: 'protocol-violation',
      violation: 'too-many-redirects',
    });
  });

  it('hands a redirect of an unsafe method to the caller', async () => {
    redirectTo('/elsewhere', 307);
    const url = `${world.rs.origin}${PATH}`;
    const answer = await world.client().read(url, world.person(), { method: 'POST', body: 'sample' });
    expect(answer).toMatchObject({ kind: 'answered', response: { status: 307 } });
  });

  it('hands a redirect without a place to the caller', async () => {
    world.rs.override = () => ({ status: 302 });
    expect(await read()).toMatchObject({ kind: 'answered', response: { status: 302 } });
  });

  it('shows the RPT in no answer, however it is printed (SEC-12)', async () => {
    const answers = [await read(), await read()];
    world.as.withdrawAll();
    world.as.outcomes.push(() => ({ status: 403, body: { error: 'request_denied' } }));
    answers.push(await read());
    world.as.grant = { resource: 'https://else.example' };
    answers.push(await read());
    expect(answers.map(({ kind }) => kind)).toEqual(['answered', 'answered', 'denied', 'protocol-violation']);
    expect(world.as.issued).toHaveLength(2);
    for (const answer of answers) {
      expect(inspect(answer, { depth: 9, showHidden: true })).not.toMatch(/rpt-\d/);
      expect(JSON.stringify(answer)).not.toMatch(/rpt-\d/);
    }
  });

  it('shows neither RPT nor ticket to who prints the store or an answer with a ticket', async () => {
    await read();
    world.as.outcomes.push(() => ({ status: 403, body: { error: 'request_submitted', ticket: 'ticket-next' } }));
    const answer = await world.client().read(`${world.rs.origin}/other`, world.person());
    expect(answer).toMatchObject({ kind: 'submitted' });
    expect(`${inspect([answer, world.store], { depth: 9 })}${JSON.stringify(answer)}`).not.toMatch(
      /rpt-\d|ticket-next/,
    );
  });
});
