import { fetch, type Response } from 'undici';

import {
  MemoryPctStore,
  MemoryRptStore,
  type RequestingParty,
  UmaClient,
  type UmaAnswer,
} from '../../src/client/uma-client/index.js';
import { Secret } from '../../src/common/secret.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { type UmaChallenge, umaChallengeOf } from '../../src/uma/protocol/challenge.js';
import { PEOPLE } from '../support/authorization-server.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { PhotoAlbum } from '../support/photo-album.js';
import { type Answer, type TestClient, UmaWorld } from '../support/uma-world.js';

const CALLBACK = 'http://127.0.0.1:9/claims/cb';
const ACR = 'urn:pulsegate:acr:recent-sign-in';
const SCOPES = ['view', 'print'];

/** Something that went over the wire, seen from the client. */
interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly sent: Readonly<Record<string, string>>;
  readonly status: number;
  readonly headers: Response['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

/** The swimlane of photo access of UMA 1.0.1, arrow by arrow in the form that UMA 2.0 gave it. */
describeOnEachDatabase('the swimlane of photo access', (open) => {
  let as: UmaWorld;
  let album: PhotoAlbum;
  const wire: Exchange[] = [];

  beforeAll(async () => {
    as = await UmaWorld.start(open.dialect);
    album = await PhotoAlbum.plan();
  });
  afterAll(async () => {
    await album.close();
    await as.close();
  });

  /** A `fetch` that writes down what it does. */
  const recording: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const text = await response.clone().text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    wire.push({
      method: init?.method ?? 'GET',
      url: response.url,
      sent: typeof init?.body === 'string' ? Object.fromEntries(new URLSearchParams(init.body)) : {},
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    });
    return response;
  };
  const exchange = (index: number): Exchange => {
    const found = wire[index];
    if (found === undefined) throw new Error('Nothing went over the wire.');
    return found;
  };
  /** The last request to the token endpoint. */
  const tokenRequest = (): Exchange => exchange(wire.findLastIndex(({ url }) => url === `${as.issuer}/token`));
  const textOf = async (answer: UmaAnswer): Promise<string> =>
    answer.kind === 'answered' ? answer.response.text() : answer.kind;

  it('runs in its UMA 2.0 form', async () => {
    const { issuer, server } = as;
    const store = new MemoryRptStore();
    const bobsBrowser = new UserAgent({ stopAt: [CALLBACK] });

    // The resource server and the client meet the authorization server.
    const configuration = await as.call('GET', '/.well-known/uma2-configuration'); // SW-01, SW-02
    const photos = await as.registerClient({ client_name: 'Photo Album', resource: album.origin }); // SW-03
    const viewer = await registerViewer(); // SW-03
    expect(configuration.body).toMatchObject({ issuer, permission_endpoint: `${issuer}/uma/permission` });

    // Alice puts a photo under protection.
    const pat = await as.accessToken(photos, 'alice', 'openid uma_protection'); // SW-04
    const registered = await register(pat); // SW-06, SW-25
    await openAlbum(pat, String(registered.body['_id'])); // SW-07
    expect(registered).toMatchObject({ status: 201, body: { _id: expect.any(String) as string } });

    // Bob comes before she has shared it: he is asked who he is, and that is not enough.
    const client = clientOf(viewer, store);
    const bob = await bobAt(viewer);
    const photo = `${album.origin}/photos/jpg`;
    expect(await client.read(photo, bob)).toMatchObject({ kind: 'denied' }); // SW-05
    expect(challengeOf(exchange(0))).toEqual({ asUri: issuer, ticket: tokenRequest().sent['ticket'] }); // SW-08, SW-09, SW-10
    await share(); // SW-05

    // The authorization server wants to know more than a client can push.
    const asked = await client.read(photo, bob);
    expect(tokenRequest().sent).toMatchObject({ grant_type: UMA_TICKET_GRANT_TYPE, resource: album.origin }); // SW-12
    expect(tokenRequest().sent).not.toHaveProperty('aat'); // SW-11
    expect(tokenRequest().sent['claim_token_format']).toBe(ID_TOKEN_CLAIM_FORMAT); // SW-16
    expect(tokenRequest()).toMatchObject({
      status: 403,
      body: { error: 'need_info', ticket: expect.any(String) as string },
    }); // SW-13
    expect(namesOf(tokenRequest().body['required_claims'])).toEqual(['acr', 'email']); // SW-14
    expect(tokenRequest().body['redirect_user']).toBe(configuration.body['claims_interaction_endpoint']); // SW-17

    // Bob signs in afresh, and tells in person.
    if (asked.kind !== 'need-info') throw new Error(asked.kind);
    await bobsBrowser.get(String(client.claimsRedirect(asked, { claimsRedirectUri: CALLBACK, state: 'photo-1' })));
    await bobsBrowser.submit({ username: 'bob', password: passwordOf('bob') }, { button: 'Sign in' }); // SW-15
    const { query } = await bobsBrowser.submit({ remember: 'yes' }, { button: 'Continue' }); // SW-18
    expect(query).toEqual({ ticket: expect.any(String) as string, state: 'photo-1', iss: issuer });

    // The photo is his to see.
    const process = { ...asked, ticket: new Secret(String(query['ticket'])) };
    expect(await client.resume(photo, bob, process)).toMatchObject({ kind: 'granted' }); // SW-19
    expect(tokenRequest().body).toMatchObject({ token_type: 'Bearer', pct: expect.any(String) as string }); // SW-19
    const rpt = String(tokenRequest().body['access_token']);
    const introspected = await as.introspect(rpt, pat); // SW-20
    expect(introspected.body['permissions']).toMatchObject([{ resource_scopes: ['view'] }]);
    expect(await textOf(await client.read(photo, bob))).toBe('the photo'); // SW-21

    // He prints it: what he has told already is enough, and the token is renewed.
    const before = wire.length;
    const printed = await client.read(photo, bob, { method: 'POST' });
    expect(exchange(before)).toMatchObject({ method: 'POST', status: 401 }); // SW-22
    expect(challengeOf(exchange(before))).toMatchObject({ ticket: tokenRequest().sent['ticket'] }); // SW-22
    expect(tokenRequest().sent).toMatchObject({ pct: expect.any(String) as string, rpt }); // SW-23
    expect(tokenRequest().body).toMatchObject({ upgraded: true }); // SW-23
    expect(tokenRequest().body['access_token']).not.toBe(rpt); // SW-23
    expect((await as.introspect(rpt, pat)).body).toEqual({ active: false }); // SW-23
    expect(await textOf(printed)).toBe('printing'); // SW-24
    expect(await textOf(await client.read(photo, bob))).toBe('the photo'); // SW-24

    function clientOf({ id, secret }: TestClient, rpts: MemoryRptStore): UmaClient {
      return new UmaClient({
        clientId: id,
        clientSecret: new Secret(secret),
        trusted: new Map([[album.origin, [issuer]]]),
        store: rpts,
        pcts: new MemoryPctStore(),
        clock: server.clock,
        fetch: recording,
      });
    }
  });

  const registerViewer = (): Promise<TestClient> =>
    as.registerClient({
      client_name: 'Photo Viewer',
      grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
      scope: 'openid view print',
      claims_redirect_uris: [CALLBACK],
    });

  const register = (pat: string): Promise<Answer> =>
    as.call('POST', '/uma/resources', { token: pat, json: { name: 'photo.jpg', resource_scopes: SCOPES } });

  async function openAlbum(pat: string, umaResourceId: string): Promise<void> {
    const owner = { issuer: as.issuer, subject: await as.accountId('alice') };
    album.resources.resources.set('jpg', { id: 'jpg', owner, umaResourceId });
    album.pats.set(owner.subject, pat);
    await album.open(as.server.clock);
  }

  async function share(): Promise<void> {
    const [{ umaResourceId } = { umaResourceId: '' }] = album.resources.resources.values();
    const claims = [
      { name: 'acr', value: ACR, issuer: as.issuer },
      { name: 'email', value: 'bob@example.org', issuer: as.issuer },
    ];
    await as.shareWith({ kind: 'claims', claims }, umaResourceId, { scopes: SCOPES });
  }

  async function bobAt(viewer: TestClient): Promise<RequestingParty> {
    const subject = await as.accountId('bob');
    return { issuer: as.issuer, subject, idToken: async () => new Secret(await as.idToken(viewer)) };
  }
});

function challengeOf({ headers }: Exchange): UmaChallenge | undefined {
  return umaChallengeOf([headers.get('www-authenticate') ?? ''], undefined);
}

function passwordOf(username: string): string {
  return PEOPLE.find((person) => person.username === username)?.password ?? '';
}

function namesOf(claims: unknown): readonly unknown[] {
  return (claims as { name: string }[]).map(({ name }) => name);
}
