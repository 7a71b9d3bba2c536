import { describeOnEachDatabase } from '../support/databases.js';
import { R1, UmaWorld } from '../support/uma-world.js';

describeOnEachDatabase('an authorization server whose issuer has a path', (open) => {
  let world: UmaWorld;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect, '/t1');
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
  });

  it('does all of UMA below that path, from the registration to the introspection (T02, T06, T11, T17)', async () => {
    const { body: metadata } = await world.call('GET', '/.well-known/uma2-configuration');
    expect(metadata['issuer']).toMatch(/\/t1$/);
    const endpoint = String(metadata['resource_registration_endpoint']);
    const created = await world.call('POST', endpoint, { token: world.patA1, json: R1 });
    expect(created.headers['location']).toBe(`${endpoint}/${String(created.body['_id'])}`);
    expect((await world.call('DELETE', `${endpoint}/`, { token: world.patA1 })).headers['allow']).toBe(
      'GET, HEAD, POST',
    );

    const id = String(created.body['_id']);
    await world.share(id, ['heart-rate:read']);
    const { body } = await world.redeemAs('bob', await world.ticketFor(id, 'heart-rate:read'));
    expect((await world.introspect(String(body['access_token']))).body).toMatchObject({
      iss: metadata['issuer'],
      permissions: [{ resource_id: id }],
    });
  });

  it("has the owner's page below that path", async () => {
    const { body } = await world.call('POST', '/uma/resources', { token: world.patA1, json: R1 });
    const browser = world.browserOf('alice');
    browser.cookies.clear();
    await browser.get(String(body['user_access_policy_uri']));
    await world.passSignIn('alice');
    expect(browser.page.url).toBe(body['user_access_policy_uri']);
    const page = await browser.submit(
      { who: 'carol', scopes: 'heart-rate:read' },
      { button: 'Share', form: '/t1/account/shares' },
    );
    expect(page.text).toContain('Carol Every beat');
    expect(page.link('Sign out')).toBe(`${world.issuer}/logout`);
  });
});
