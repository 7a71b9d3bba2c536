import { Secret } from '../../common/secret.js';
import type { KeptRpt } from './rpt-store.js';
import { FakeAuthorizationServer, FakeResourceServer } from './servers.fake.js';
import type { UmaAnswer } from './uma-answer.js';
import { UmaClient } from './uma-client.js';
import { UmaWorld } from './uma-client.fake.js';
import type { RequestingParty } from './uma-client-options.js';

const HEART = '/resources/1/heart-rate';
let world: UmaWorld;

beforeEach(async () => {
  world = await new UmaWorld().start();
});

afterEach(() => world.stop());

const read = (path: string, party = world.person(), client = world.client()): Promise<UmaAnswer> =>
  client.read(`${world.rs.origin}${path}`, party, { resourcePath: HEART });
const holder = (subject = 'bob') => ({
  personIssuer: world.as.issuer,
  personSubject: subject,
  authorizationServer: world.as.issuer,
  resourceServer: world.rs.origin,
});
const kept = async (): Promise<Record<string, readonly string[]>> => {
  const rpts: readonly KeptRpt[] = await world.store.list(holder());
  return Object.fromEntries(rpts.map(({ accessToken, paths }) => [accessToken.reveal(), paths]));
};
/** The last segment of a path is what is needed there. */
const needByPart = (): void => {
  world.rs.permissionFor = ({ path }) => path.split('/').at(-1) ?? '';
};

describe('an RPT serves a whole resource (C-12)', () => {
  it('and costs one grant for all its addresses', async () => {
    await read(`${HEART}/latest`);
    await read(HEART);
    await read(`${HEART}/summary`);
    expect(world.as.issued).toEqual(['rpt-2']);
    expect(await kept()).toEqual({ 'rpt-2': [HEART] });
  });

  it('and is fetched once by those who want different parts of it at once', async () => {
    const client = world.client();
    const parts = ['/latest', '', '/summary'];
    const answers = await Promise.all(parts.map((part) => read(`${HEART}${part}`, world.person(), client)));
    expect(answers.map(({ kind }) => kind)).toEqual(['answered', 'answered', 'answered']);
    expect(world.as.issued).toHaveLength(1);
  });

  it('and is not taken for refused by one who only waited for another’s', async () => {
    needByPart();
    world.as.upgrades = true;
    const client = world.client();
    const answers = await Promise.all(
      ['latest', 'summary'].map((part) => read(`${HEART}/${part}`, world.person(), client)),
    );
    expect(answers).toMatchObject([{ response: { status: 200 } }, { response: { status: 200 } }]);
    expect(Object.values(await kept())).toEqual([[HEART]]);
  });

  it('but no other resource', async () => {
    await read(HEART);
    await world.client().read(`${world.rs.origin}/resources/10/heart-rate`, world.person());
    expect(world.as.issued).toHaveLength(2);
  });

  it('and a URL of another one is not asked for as a part of it', async () => {
    await expect(read('/resources/10/heart-rate')).rejects.toThrow(RangeError);
    expect(world.rs.seen).toEqual([]);
  });
});

describe('T54: an RPT that is to be upgraded (C-10)', () => {
  beforeEach(needByPart);

  it('is offered when it is refused, and gives way to the new one everywhere', async () => {
    world.as.upgrades = true;
    await read(`${HEART}/latest`);
    expect(await read(`${HEART}/summary`)).toMatchObject({ response: { status: 200 }, authorization: { fresh: true } });
    expect(world.as.tokenRequests.map(({ rpt }) => rpt)).toEqual([undefined, 'rpt-2']);
    expect(await kept()).toEqual({ 'rpt-4': [HEART] });
    expect(await read(`${HEART}/latest`)).toMatchObject({ authorization: { fresh: false } });
    expect(world.rs.tokens.filter((token) => token === 'rpt-2')).toHaveLength(2);
  });

  it('takes the place of the old one for other resources too', async () => {
    world.as.upgrades = true;
    const other = `${world.rs.origin}/resources/2`;
    await read(`${HEART}/latest`);
    await world.client().read(other, world.person());
    expect(await kept()).toEqual({ 'rpt-4': [HEART, '/resources/2'] });
    await read(`${HEART}/latest`);
    await world.client().read(other, world.person());
    expect(world.as.issued).toHaveLength(2);
  });

  it('without `upgraded` stays beside the new one, and the right one is used for each', async () => {
    for (const part of ['latest', 'summary', 'latest', 'summary', 'latest']) await read(`${HEART}/${part}`);
    expect(world.as.issued).toEqual(['rpt-2', 'rpt-4']);
    expect(await kept()).toEqual({ 'rpt-2': [HEART], 'rpt-4': [`${HEART}/summary`] });
    expect(world.rs.tokens.slice(-3)).toEqual(['rpt-2', 'rpt-4', 'rpt-2']);
  });

  it('and was not offered is not given up, whatever the answer says', async () => {
    world.as.grant = { upgraded: true };
    await read(`${HEART}/latest`);
    expect(await kept()).toEqual({ 'rpt-2': [HEART] });
  });

  it('may keep its text', async () => {
    await read(`${HEART}/latest`);
    world.as.grant = { access_token: 'rpt-2', upgraded: true };
    expect(await read(`${HEART}/summary`)).toMatchObject({ kind: 'rpt-refused' }); // the fake server does not know it so
    expect(await kept()).toEqual({});
  });

  it('is offered by its own person to its own authorization server alone (SEC-4)', async () => {
    await read(`${HEART}/latest`);
    await read(`${HEART}/latest`, world.person('eve'));
    expect(world.as.tokenRequests.map(({ rpt }) => rpt)).toEqual([undefined, undefined]);
  });

  it('is left out the second time when an authorization server refuses it', async () => {
    await read(`${HEART}/latest`);
    world.as.refuse('invalid_rpt');
    expect(await read(`${HEART}/summary`)).toMatchObject({ kind: 'answered', response: { status: 200 } });
    expect(world.as.tokenRequests.map(({ rpt }) => rpt)).toEqual([undefined, 'rpt-2', undefined]);
  });

  it('is dropped when it is refused and the owner says no', async () => {
    await read(`${HEART}/latest`);
    world.as.refuse('request_denied');
    expect(await read(`${HEART}/summary`)).toMatchObject({ kind: 'denied' });
    expect(await kept()).toEqual({});
  });
});

describe('an RPT with a refresh token (GRANT-3.6)', () => {
  const refreshes = () => world.as.tokenRequests.filter(({ grant_type }) => grant_type === 'refresh_token');

  beforeEach(async () => {
    world.as.issuesRefreshTokens = true;
    await read(HEART);
  });

  it('is used until shortly before its end', async () => {
    world.clock.advanceMs(869_000);
    await read(HEART);
    expect(refreshes()).toEqual([]);
  });

  it.each([
    ['is about to end', 870_000],
    ['has ended', 900_000],
    ['ended long ago', 86_400_000],
  ])('is renewed when it %s, without a ticket', async (_when, laterMs) => {
    world.clock.advanceMs(laterMs);
    expect(await read(HEART)).toMatchObject({ kind: 'answered', authorization: { fresh: false } });
    expect(refreshes()).toEqual([{ grant_type: 'refresh_token', refresh_token: 'refresh-2' }]);
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-3']);
    expect(await kept()).toEqual({ 'rpt-3': [HEART] });
  });

  it('is renewed again with the refresh token that came with it', async () => {
    for (let time = 0; time < 3; time++) {
      world.clock.advanceMs(900_000);
      await read(HEART);
    }
    expect(refreshes().map((form) => form['refresh_token'])).toEqual(['refresh-2', 'refresh-3', 'refresh-4']);
    expect(world.rs.seen.filter(({ headers }) => headers.authorization === undefined)).toHaveLength(1);
  });

  it('keeps its refresh token where no other comes (RFC 6749 section 6)', async () => {
    world.as.grant = { refresh_token: undefined };
    world.clock.advanceMs(900_000);
    await read(HEART);
    const [rpt] = await world.store.list(holder());
    expect(rpt?.refreshToken?.reveal()).toBe('refresh-2');
  });

  it('is renewed once for all who wait, and by other instances neither', async () => {
    world.clock.advanceMs(900_000);
    const clients = [world.client(), world.client()];
    const reads = Array.from({ length: 6 }, (_unused, number) =>
      read(HEART, world.person(), clients[number % 2] ?? world.client()),
    );
    expect((await Promise.all(reads)).map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'answered'));
    expect(refreshes()).toHaveLength(1);
  });

  it('starts afresh at the resource server when the refresh token is good no more', async () => {
    world.as.withdrawAll();
    world.clock.advanceMs(900_000);
    expect(await read(HEART)).toMatchObject({ kind: 'answered', authorization: { fresh: true } });
    expect(refreshes()).toHaveLength(1);
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-4']);
  });

  it('serves to its last second when it cannot be renewed, and its refresh token is spent once', async () => {
    world.as.refuse('server_error', 503);
    world.clock.advanceMs(899_000);
    for (let time = 0; time < 2; time++) {
      expect(await read(HEART)).toMatchObject({ kind: 'answered', authorization: { fresh: false } });
    }
    expect(refreshes()).toHaveLength(1);
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-2', 'rpt-2']);
  });

  it('is renewed later when the metadata of the authorization server cannot be had: nothing was spent', async () => {
    world.clock.advanceMs(899_000);
    const client = world.client();
    world.as.override = ({ path }) => (path.startsWith('/.well-known') ? { status: 503 } : undefined);
    await read(HEART, world.person(), client);
    expect(refreshes()).toEqual([]);
    world.as.override = () => undefined;
    await read(HEART, world.person(), client);
    expect(refreshes()).toHaveLength(1);
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-2', 'rpt-3']);
  });

  it('is renewed a little later when the authorization server is asked too much (429)', async () => {
    world.clock.advanceMs(875_000);
    const client = world.client();
    world.as.override = ({ path }) => (path === '/token' ? { status: 429 } : undefined);
    await read(HEART, world.person(), client);
    await read(HEART, world.person(), client);
    expect(refreshes()).toHaveLength(1);
    world.as.override = () => undefined;
    world.clock.advanceMs(10_000);
    await read(HEART, world.person(), client);
    expect(refreshes().map((form) => form['refresh_token'])).toEqual(['refresh-2', 'refresh-2']);
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-2', 'rpt-2', 'rpt-3']);
  });

  it('gives no way to one for another resource server (C-14)', async () => {
    world.as.grant = { resource: 'https://else.example' };
    world.clock.advanceMs(899_000);
    await read(HEART);
    expect(world.rs.tokens).toEqual(['rpt-2', 'rpt-2']);
  });

  it('rejects with what a store throws', async () => {
    world.clock.advanceMs(900_000);
    jest.spyOn(world.store, 'replace').mockRejectedValue(new Error('database away'));
    await expect(read(HEART)).rejects.toThrow('database away');
  });

  it('is renewed in time however short it lives', async () => {
    world.as.grant = { expires_in: 10 };
    world.clock.advanceMs(900_000);
    await read(HEART);
    world.clock.advanceMs(7_000);
    await read(HEART);
    expect(refreshes()).toHaveLength(1);
    world.clock.advanceMs(1_000);
    await read(HEART);
    expect(refreshes()).toHaveLength(2);
  });
});

describe('a persisted claims token (C-9, GRANT-3.3.1-e)', () => {
  const pcts = () => world.as.tokenRequests.map(({ pct }) => pct);
  const anew = async (party?: RequestingParty): Promise<UmaAnswer> => {
    world.as.expireRpts();
    return read(HEART, party);
  };

  beforeEach(async () => {
    world.as.issuesPcts = true;
    await read(HEART);
  });

  it('is sent with the next ticket, and replaced by the one that comes back', async () => {
    await anew();
    await anew();
    expect(pcts()).toEqual([undefined, 'pct-2', 'pct-4']);
  });

  it('stays where no other comes back', async () => {
    world.as.issuesPcts = false;
    await anew();
    await anew();
    expect(pcts()).toEqual([undefined, 'pct-2', 'pct-2']);
  });

  it('is never sent for another person (SEC-4)', async () => {
    await anew(world.person('eve'));
    await anew(world.person('bob', 'https://idp.example'));
    expect(pcts()).toEqual([undefined, undefined, undefined]);
  });

  it('is never sent to another authorization server (C-13)', async () => {
    const as = await world.add(new FakeAuthorizationServer());
    const rs = await world.add(new FakeResourceServer(as));
    const trusted = new Map([[rs.origin, [as.issuer]]]);
    await world.client({ trusted }).read(`${rs.origin}/x`, world.person());
    expect(as.tokenRequests).toHaveLength(1);
    expect(as.tokenRequests[0]).not.toHaveProperty('pct');
  });

  it('is never sent twice by flows for different resources at once', async () => {
    const client = world.client();
    await Promise.all([2, 3, 4].map((id) => client.read(`${world.rs.origin}/resources/${id}`, world.person())));
    const sent = pcts().filter((pct) => pct !== undefined);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(3);
  });

  it('is not kept where there is no place for it', async () => {
    const client = new UmaClient({
      clientId: 'viewer',
      clientSecret: new Secret('secret'),
      trusted: new Map([[world.rs.origin, [world.as.issuer]]]),
      store: world.store,
      clock: world.clock,
    });
    await client.read(`${world.rs.origin}/other`, world.person());
    await client.forget({ issuer: world.as.issuer, subject: 'bob' });
    expect(pcts()).toEqual([undefined, undefined]);
  });
});

describe('a person who signs out for good', () => {
  const bob = () => ({ issuer: world.as.issuer, subject: 'bob' });
  const leave = async (): Promise<void> => {
    const revoke = await world.client().forget(bob());
    await revoke();
  };

  beforeEach(async () => {
    world.as.issuesPcts = true;
    await read(HEART);
  });

  it('leaves no PCT and no RPT behind, and both are revoked (GRANT-3.7, SEC-4)', async () => {
    await leave();
    expect(world.as.revocations).toEqual([
      { token: 'pct-2', token_type_hint: 'pct' },
      { token: 'rpt-2', token_type_hint: 'access_token' },
    ]);
    expect([world.as.knowsPct('pct-2'), await kept()]).toEqual([false, {}]);
    await read(HEART);
    expect(world.as.tokenRequests.at(-1)).not.toHaveProperty('pct');
  });

  it('has the refresh token revoked, which takes the RPT along', async () => {
    world.as.issuesRefreshTokens = true;
    world.as.expireRpts();
    await read(HEART);
    await leave();
    expect(world.as.revocations.map((form) => form['token_type_hint'])).toEqual(['pct', 'refresh_token']);
  });

  it('is forgotten before anything is revoked', async () => {
    const revoke = await world.client().forget(bob());
    expect([await kept(), world.as.revocations]).toEqual([{}, []]);
    await revoke();
    expect(world.as.revocations).toHaveLength(2);
  });

  it('takes nothing from anybody else', async () => {
    await read(HEART, world.person('eve'));
    await leave();
    expect(world.as.revocations).toHaveLength(2);
    expect(await read(HEART, world.person('eve'))).toMatchObject({ authorization: { fresh: false } });
  });

  const serves = (metadata: object) => () => {
    Object.assign(world.as, { metadata });
  };

  it.each<[string, () => void | Promise<void>]>([
    ['cannot be reached', () => world.as.stop()],
    ['cannot revoke', serves({ revocation_endpoint: undefined })],
    ['would be told on an open line', serves({ revocation_endpoint: 'http://as.example/revoke' })],
    ['fails', serves({ revocation_endpoint: 'http://127.0.0.1:9/revoke' })],
  ])('is forgotten too where the authorization server %s', async (_what, arrange) => {
    await arrange();
    await leave();
    expect(await kept()).toEqual({});
    expect(await world.pcts.get(holder())).toBeUndefined();
    expect(world.as.revocations).toEqual([]);
  });

  it('is an error when a store cannot be asked', async () => {
    jest.spyOn(world.store, 'list').mockRejectedValue(new Error('database away'));
    await expect(world.client().forget(bob())).rejects.toThrow('database away');
  });
});
