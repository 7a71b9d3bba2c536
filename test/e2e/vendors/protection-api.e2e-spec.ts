import { Secret } from '../../../src/common/secret.js';
import {
  AuthorizationServerUnreachable,
  ClientCredentialsPats,
  OwnerMustSignIn,
  type OwnersClient,
  ProtectionApi,
} from '../../../src/uma/index.js';
import { fixture } from '../../support/vendors/fixtures.js';
import { CLIENT, RS } from '../../support/vendors/vendor-server.js';
import { HEART, VendorWorld } from '../../support/vendors/vendor-world.js';
import { VENDORS } from '../../support/vendors/vendors.js';

const READ = { resourceId: 'R1', resourceScopes: ['heart-rate:read'] };
const GRANT = { resource: 'R1', scopes: ['heart-rate:read'] };

describe.each(VENDORS)('the protection API of $preset, in the shapes that were recorded of it', (vendor) => {
  let world: VendorWorld;
  const server = () => world.server;

  beforeEach(async () => {
    world = await VendorWorld.start(vendor);
    server().register('R1', HEART);
  });
  afterEach(() => server().stop());

  it('registers a resource, reads it back, replaces it, lists it and ends it (Federated Authorization 3.2)', async () => {
    const { api, alice } = world;
    await api.remove(alice, 'R1');
    expect(await api.list(alice)).toEqual([]);
    const { umaResourceId: id } = await api.register(alice, { ...HEART, description: 'Beats per minute' });
    expect(await api.list(alice)).toEqual([id]);
    await api.replace(alice, id, { ...HEART, resource_scopes: ['heart-rate:read'] });
    expect(await api.read(alice, id)).toMatchObject({ ...HEART, resource_scopes: ['heart-rate:read'] });
    await api.remove(alice, id);
    await api.remove(alice, id);
    expect(await api.read(alice, id)).toBeUndefined();
    expect(await api.list(alice)).toEqual([]);
  });

  it('registers what two owners call by the same name', async () => {
    server().pats.set('PATc1', 'carol');
    world.pats.set('carol', 'PATc1');
    const { api, alice } = world;
    await api.remove(alice, 'R1');
    const carol = { ...alice, subject: 'carol' };
    const [one, other] = [await api.register(alice, HEART), await api.register(carol, HEART)];
    expect(one.umaResourceId).not.toBe(other.umaResourceId);
    expect(await api.list(carol)).toEqual([other.umaResourceId]);
  });

  it('shows the owner no address to go to but one that a browser can open', async () => {
    const { policyUri } = await world.api.register(world.alice, { ...HEART, name: 'Another' });
    expect(policyUri === undefined || URL.canParse(policyUri)).toBe(true);
  });

  it('gives a ticket for one permission and for several, in the form that it takes (Federated Authorization 4.1)', async () => {
    const { api, alice } = world;
    expect(await api.requestPermission(alice, [READ])).toBe(server().lastTicket);
    server().register('R2', { ...HEART, name: 'Other' });
    expect(await api.requestPermission(alice, [READ, { ...READ, resourceId: 'R2' }])).toBe(server().lastTicket);
    expect(Array.isArray(JSON.parse(server().callsTo('permission')[0]?.body ?? ''))).toBe(vendor.arraysOnly);
  });

  it.each([
    ['invalid_resource_id', { ...READ, resourceId: 'R9' }],
    ['invalid_scope', { ...READ, resourceScopes: ['nope'] }],
  ])('tells that a permission request is refused with %s', async (code, permission) => {
    await expect(world.api.requestPermission(world.alice, [permission])).rejects.toMatchObject({ status: 400, code });
  });

  it('has a PAT renewed once that it refuses, by whatever answer (RS-10)', async () => {
    world.pats.set('alice', 'old').next = 'PATa1';
    expect(await world.api.requestPermission(world.alice, [READ])).toBe(server().lastTicket);
    world.pats.set('alice', 'old');
    expect(await world.api.read(world.alice, 'R1')).toMatchObject({ name: HEART.name });
    expect(world.pats.renewals).toBe(2);
    world.pats.set('alice', 'old').next = 'also old';
    await expect(world.api.requestPermission(world.alice, [READ])).rejects.toBeInstanceOf(
      AuthorizationServerUnreachable,
    );
  });

  it('tells what an active token permits, and that one is not active, or none at all (RFC 7662 section 2.2)', async () => {
    const { api, alice, clock } = world;
    const rpt = server().issue([GRANT]);
    const token = await api.introspect(alice, rpt);
    expect(token).toMatchObject({ active: true, permissions: [READ] });
    // What the token says of the resource servers it is for names this one, or nothing.
    expect([undefined, true]).toContain(token.active && token.aud?.includes(RS.identifier));
    server().revoke(rpt);
    expect(await api.introspect(alice, rpt)).toEqual({ active: false });
    expect(await api.introspect(alice, 'garbage')).toEqual({ active: false });
    const short = server().issue([GRANT], { exp: clock.nowSeconds() + 1 });
    clock.advanceMs(2000);
    expect(await api.introspect(alice, short)).toEqual({ active: false });
  });

  it('is asked about no token for an owner who took back her PAT', async () => {
    world.pats.set('alice', undefined);
    const rpt = server().issue([GRANT]);
    await expect(world.api.introspect(world.alice, rpt)).rejects.toBeInstanceOf(OwnerMustSignIn);
    expect(server().callsTo('introspection')).toEqual([]);
  });

  it('is believed about itself only', async () => {
    const { paths, preset } = vendor;
    if (preset === 'wso2') return;
    const document = fixture(preset, 'discovery') as object;
    server().override = ({ path }) =>
      path === paths.discovery ? { status: 200, body: { ...document, issuer: 'https://evil.example' } } : undefined;
    await expect(world.api.list(world.alice)).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
    expect(server().seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });
});

describe.each(VENDORS.filter(({ signs }) => signs))('the tokens of $preset', (vendor) => {
  it('say themselves what they are worth, and are read without asking (Federated Authorization 5)', async () => {
    const { alice, signedTokens, server } = await VendorWorld.start(vendor);
    const rpt = server.issue([GRANT]);
    const token = await signedTokens.read(alice, rpt);
    expect(token).toMatchObject({ active: true, permissions: [READ], iss: alice.issuer });
    expect([undefined, true]).toContain(token?.active === true ? token.aud?.includes(RS.identifier) : false);
    const [header = '', claims = ''] = rpt.split('.');
    expect(await signedTokens.read(alice, `${header}.${claims}.AAAA`)).toEqual({ active: false });
    expect(server.callsTo('introspection')).toEqual([]);
    await server.stop();
  });
});

describe('single deviations', () => {
  const start = async (preset: string): Promise<VendorWorld> => {
    const vendor = VENDORS.find((one) => one.preset === preset);
    if (vendor === undefined) throw new Error('There is no such product.');
    world = await VendorWorld.start(vendor);
    world.server.register('R1', HEART);
    return world;
  };
  let world: VendorWorld;
  afterEach(() => world.server.stop());

  it('Keycloak is asked about tokens by the client, with the hint without which it tells no permissions', async () => {
    const { api, alice, server } = await start('keycloak');
    await api.introspect(alice, server.issue([GRANT]));
    const [{ headers, body } = { headers: {}, body: '' }] = server.callsTo('introspection');
    expect(headers.authorization).toMatch(/^Basic /);
    expect(new URLSearchParams(body).get('token_type_hint')).toBe('requesting_party_token');
  });

  it('Keycloak’s token for another client is for nobody here', async () => {
    const { api, alice, server } = await start('keycloak');
    expect(await api.introspect(alice, server.issue([GRANT], { aud: 'rs2' }))).toMatchObject({ aud: ['rs2'] });
  });

  it('Keycloak is told that the owner shares the resource, and the owner where', async () => {
    const { api, alice, server } = await start('keycloak');
    const { policyUri } = await api.register(alice, { ...HEART, name: 'Another' });
    expect(policyUri).toBe(`${server.issuer}/account/resources`);
    const [{ body } = { body: '' }] = server.callsTo('registration');
    expect(JSON.parse(body)).toMatchObject({ ownerManagedAccess: true });
  });

  it('a client that Keycloak does not know leaves it out of reach, and costs no PAT', async () => {
    const { server, pats, alice, api } = await start('keycloak');
    server.override = ({ path }) =>
      path === server.vendor.paths.introspection ? { status: 401, body: { error: 'invalid_client' } } : undefined;
    await expect(api.introspect(alice, 'token')).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
    expect(pats.renewals).toBe(0);
  });

  it('SolidLab’s server gives no ticket for what is public there: here nobody gets in', async () => {
    const { api, alice, server } = await start('solidlab');
    server.isPublic = true;
    await expect(api.requestPermission(alice, [READ])).rejects.toMatchObject({
      name: 'AuthorizationServerUnreachable',
      message: 'The authorization server gives no ticket, since anybody may have this there.',
    });
  });

  it('PingAM’s token says who issued it by either name of the realm', async () => {
    const { api, alice, server } = await start('pingam');
    expect(await api.introspect(alice, server.issue([GRANT]))).toMatchObject({ iss: alice.issuer });
    const foreign = server.issue([GRANT], { iss: `${server.origin}/am/oauth2/beta` });
    expect(await api.introspect(alice, foreign)).toMatchObject({ iss: `${server.origin}/am/oauth2/beta` });
  });

  it('Gluu names the requesting client as the audience: that says nothing about us', async () => {
    const { api, alice, server } = await start('gluu3');
    const token = await api.introspect(alice, server.issue([GRANT]));
    expect(token).toMatchObject({ clientId: CLIENT.id });
    expect(token).not.toHaveProperty('aud');
  });

  it('WSO2 calls a resource that is gone unauthorized: the PAT is not to blame', async () => {
    const { api, alice, pats } = await start('wso2');
    expect(await api.read(alice, 'R9')).toBeUndefined();
    expect(pats.renewals).toBe(0);
  });
});

describe('an owner who gave the resource server a client of her own (SolidLab)', () => {
  let world: VendorWorld;
  let pats: ClientCredentialsPats;
  const client: OwnersClient = { id: RS.clientId, secret: new Secret(RS.secret) };
  const clients = new Map([['alice', client]]);

  beforeEach(async () => {
    const solidlab = VENDORS.find(({ preset }) => preset === 'solidlab');
    if (solidlab === undefined) throw new Error('There is no such product.');
    world = await VendorWorld.start(solidlab);
    world.server.register('R1', HEART);
    world.server.pats.clear();
    pats = new ClientCredentialsPats(({ subject }) => clients.get(subject), world.connections, world.clock);
  });
  afterEach(() => world.server.stop());

  const api = () => new ProtectionApi(pats, world.clock, world.connections);
  const tokenRequests = () =>
    world.server.callsTo('token').map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

  it('has a PAT that the client gets, once for all who wait for it, and kept until it ends', async () => {
    await Promise.all([api().list(world.alice), api().list(world.alice)]);
    await api().list(world.alice);
    expect(tokenRequests()).toEqual([{ grant_type: 'client_credentials', scope: 'uma_protection' }]);
    world.clock.advanceMs(1800_000);
    await api().list(world.alice);
    expect(tokenRequests()).toHaveLength(2);
  });

  it('has it got anew when it is refused', async () => {
    await api().list(world.alice);
    world.server.pats.clear();
    expect(await api().requestPermission(world.alice, [READ])).toBe(world.server.lastTicket);
    expect(tokenRequests()).toHaveLength(2);
  });

  it('is the only one: who has no client here has no PAT', async () => {
    const carol = { ...world.alice, subject: 'carol' };
    await expect(api().list(carol)).rejects.toBeInstanceOf(OwnerMustSignIn);
    expect(tokenRequests()).toEqual([]);
  });

  it.each(['a wrong secret', 'no authorization server'])('with %s nobody gets in, and nothing is lost', async (why) => {
    clients.set('alice', why === 'a wrong secret' ? { ...client, secret: new Secret('wrong') } : client);
    if (why !== 'a wrong secret') await world.server.stop();
    const failure: unknown = await api()
      .list(world.alice)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AuthorizationServerUnreachable);
    expect(failure).not.toBeInstanceOf(OwnerMustSignIn);
    clients.set('alice', client);
  });
});
