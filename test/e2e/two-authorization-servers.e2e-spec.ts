import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { request } from 'undici';

import { ResourceServerModule } from '../../src/apps/resource-server.module.js';
import { PatKeeper } from '../../src/auth/pat-keeper.js';
import { Shares } from '../../src/authorization-server/owner/shares.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { OwnedResources } from '../../src/resources/owned-resources.js';
import { EventChannels } from '../../src/uma/index.js';
import { type UmaChallenge, umaChallengeOf } from '../../src/uma/protocol/challenge.js';
import { PEOPLE } from '../support/authorization-server.js';
import { databaseOptionsFor, deleteDatabase, describeOnEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { type TestClient, UmaWorld, UNLIMITED } from '../support/uma-world.js';

const DANA = { username: 'dana', password: 'password-of-dana', name: 'Dana', email: 'dana@example.org' };
const RS_SCOPES = 'openid profile offline_access uma_protection ssf.manage';

interface Owner {
  readonly username: string;
  readonly password: string;
  /** The authorization server that keeps what is hers. */
  readonly world: () => UmaWorld;
  readonly serverName: string;
}

/** One resource server; Alice's authorization server is at home, Dana's in the clinic. */
describeOnEachDatabase('owners with authorization servers of their own', (open) => {
  let home: UmaWorld;
  let clinic: UmaWorld;
  let app: NestFastifyApplication;
  let base: string;
  const database = databaseOptionsFor(open.dialect, 'resource_server');
  const people = [...PEOPLE, DANA].map((person) => ({ ...person, password: new Secret(person.password) }));
  const alice: Owner = { ...ownerOf('alice'), world: () => home, serverName: 'Home' };
  const dana: Owner = { ...DANA, world: () => clinic, serverName: 'Clinic' };
  const resources = new Map<Owner, string>();
  const clock = new FixedClock(Date.now());

  beforeAll(async () => {
    [home, clinic] = await Promise.all([
      UmaWorld.start(open.dialect),
      UmaWorld.start(open.dialect, '', { accounts: people }),
    ]);
    await startResourceServer();
    for (const owner of [alice, dana]) resources.set(owner, await signIn(owner));
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([home.close(), clinic.close()]);
    await deleteDatabase(database);
  });

  async function startResourceServer(): Promise<void> {
    const port = await freePort();
    base = `http://127.0.0.1:${port}`;
    const [atHome, atClinic] = [await clientAt(home, '/callback'), await clientAt(clinic, '/callback/clinic')];
    const module = ResourceServerModule.register({
      baseUrl: base,
      authorizationServers: [
        { issuer: home.issuer, clientId: atHome.id, clientSecret: new Secret(atHome.secret), name: 'Home' },
        {
          issuer: clinic.issuer,
          clientId: atClinic.id,
          clientSecret: new Secret(atClinic.secret),
          name: 'Clinic',
          id: 'clinic',
        },
      ],
      secretKey: new Secret('secret key of a test, long enough'),
      realm: 'heart',
      introspectionCacheSeconds: 10,
      challengeBody: false,
      devShowTokens: false,
      database,
      clock,
    });
    const settings = { name: 'resource-server', logLevel: 'silent', trustProxy: [], rateLimits: [] } as const;
    app = await createApp(module, { ...settings, openApi: { title: 'Resource server' } });
    await app.listen(port, '127.0.0.1');
  }

  /** Registers the resource server as a client. */
  const clientAt = (world: UmaWorld, callback: string): Promise<TestClient> =>
    world.registerClient({
      client_name: 'Heart Service',
      resource: base,
      redirect_uris: [`${base}${callback}`],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope: RS_SCOPES,
    });

  /** An owner chooses her server, signs in there, and lets the resource server act for her. @returns her resource */
  async function signIn({ username, password, serverName, world }: Owner): Promise<string> {
    const browser = new UserAgent();
    const choice = await browser.get(`${base}/login?returnTo=/`);
    await browser.get(choice.link(serverName));
    expect(browser.page.url).toContain(world().issuer);
    await browser.submit({ username, password }, { button: 'Sign in' });
    const page = await browser.submit({}, { button: 'Allow' });
    expect(page.url).toBe(`${base}/`);
    expect(page.body).toContain('Your heart rate');
    const all = await app.get(OwnedResources, { strict: false }).all();
    return all.find(({ owner }) => owner.issuer === world().issuer)?.id ?? '';
  }

  const read = async (owner: Owner, rpt?: string): Promise<{ status: number; challenge: UmaChallenge | undefined }> => {
    const headers = rpt === undefined ? {} : { authorization: `Bearer ${rpt}` };
    const answer = await request(`${base}/resources/${resources.get(owner) ?? ''}/heart-rate`, { headers });
    await answer.body.dump();
    const challenges = [answer.headers['www-authenticate'] ?? ''].flat();
    return { status: answer.statusCode, challenge: umaChallengeOf(challenges, undefined) };
  };

  /** The owner shares with Bob, and Bob redeems the ticket that he was refused with. */
  async function rptOfBob(owner: Owner): Promise<string> {
    const world = owner.world();
    world.catchUp();
    const ownerId = await world.accountId(owner.username);
    const resource = (await app.get(OwnedResources, { strict: false }).all()).find(
      ({ id }) => id === resources.get(owner),
    );
    const place = { target: { resourceId: resource?.umaResourceId ?? '' }, grantee: await world.person('bob') };
    await world.server.app.get(Shares).save(ownerId, place, () => UNLIMITED);
    const { challenge } = await read(owner);
    const { body } = await world.redeemAs('bob', challenge?.ticket ?? '');
    return String(body['access_token']);
  }

  it.each([alice, dana])('registers the resource of $username at her own server, and at no other', async (owner) => {
    const { issuer } = owner.world();
    const resource = (await app.get(OwnedResources, { strict: false }).all()).find(
      ({ id }) => id === resources.get(owner),
    );
    expect(resource?.owner.issuer).toBe(issuer);
    const pat = await app.get(PatKeeper).patOf(resource?.owner ?? { issuer, subject: '' });
    const listed = (world: UmaWorld) => world.call('GET', '/uma/resources', { token: pat?.reveal() });
    expect((await listed(owner.world())).status).toBe(200);
    const other = owner === alice ? clinic : home;
    expect((await listed(other)).status).toBe(401);
  });

  it.each([alice, dana])(
    'turns away whoever asks for what is of $username with the name of her server',
    async (owner) => {
      const { status, challenge } = await read(owner);
      expect([status, challenge?.asUri]).toEqual([401, owner.world().issuer]);
    },
  );

  it('opens nothing of one owner with a token of the other’s server', async () => {
    const [forAlices, forDanas] = [await rptOfBob(alice), await rptOfBob(dana)];
    expect((await read(alice, forAlices)).status).toBe(200);
    expect((await read(dana, forDanas)).status).toBe(200);
    for (const [owner, foreign] of [[alice, forDanas] as const, [dana, forAlices] as const]) {
      const { status, challenge } = await read(owner, foreign);
      expect([status, challenge?.asUri]).toEqual([401, owner.world().issuer]);
    }
    // Each opens its own still.
    expect((await read(alice, forAlices)).status).toBe(200);
  });

  it('gives tickets that are worth nothing at the other server', async () => {
    const { challenge } = await read(dana);
    expect((await home.redeemAs('bob', challenge?.ticket ?? '')).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('is told of withdrawals by both servers', async () => {
    const channels = app.get(EventChannels);
    await eventually(() => [home, clinic].every(({ issuer }) => channels.of(issuer)?.isAlive(clock.nowMs()) === true));
  });

  it('keeps the one open while the other server is away', async () => {
    const rpt = await rptOfBob(alice);
    await clinic.server.restart(async () => {
      expect((await read(alice, rpt)).status).toBe(200);
      expect((await read(dana)).status).toBe(403);
    });
  });
});

function ownerOf(name: string): Pick<Owner, 'username' | 'password'> {
  const person = PEOPLE.find(({ username }) => username === name);
  if (person === undefined) throw new Error(`There is no ${name}.`);
  return person;
}
