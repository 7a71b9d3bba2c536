import type { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { R1, UmaWorld } from '../support/uma-world.js';

const READ = 'heart-rate:read';

describeOnEachDatabase("the administrators' pages", (open) => {
  let world: UmaWorld;
  let browser: UserAgent;
  let r1: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect, '/t1', { administrators: ['carol'] });
    browser = world.browserOf('carol');
    r1 = await world.register({ ...R1, name: 'Heart <of> Alice', type: 'heart' });
    await world.share(r1, [READ]);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.catchUp();
    await browser.get(page('scope-policies'));
    await world.passSignIn('carol');
  });

  const page = (path: string): string => `${world.issuer}/admin/${path}`;
  const bobMayRead = async () => (await world.redeemAs('bob', await world.ticketFor(r1, READ))).status === 200;

  it('let a visitor sign in first, and come back to what they came for', async () => {
    browser.cookies.clear();
    expect((await browser.get(page('resources'))).title).toMatch(/^Sign in/);
    await world.passSignIn('carol');
    expect(browser.page).toMatchObject({ url: page('resources'), status: 200 });
    expect((await browser.get(`${world.issuer}/admin`)).url).toBe(page('scope-policies'));
  });

  it('are for administrators alone', async () => {
    const bob = world.browserOf('bob');
    await world.idToken();
    for (const path of ['scope-policies', 'scope-policies/new', 'resources', 'simulator', 'accounts']) {
      expect(await bob.get(page(path))).toMatchObject({ status: 403 });
      expect(bob.page.text).toContain('These pages are for the administrators of this server.');
    }
    expect((await bob.post(page('accounts/alice/suspend'), {})).status).toBe(403);
  });

  it('are protected from being framed, stored or scripted, and lead from one to the other', async () => {
    const { headers } = await browser.get(page('accounts'));
    expect(headers['cache-control']).toContain('no-store');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    for (const name of ['Scope policies', 'Resources', 'Simulator', 'Accounts']) {
      expect(await browser.follow(name)).toMatchObject({ status: 200 });
      expect(browser.page.title).toBe(`${name} · Pulsegate`);
    }
    expect(browser.page.link('Sign out')).toBe(`${world.issuer}/logout`);
  });

  it.each(['scope-policies', 'accounts/bob/suspend', 'accounts/bob/resume', 'simulator', 'scope-policies/x/delete'])(
    'refuse a form for %s that another site sent',
    async (path) => {
      const simulator = {
        resource: r1,
        username: '',
        issuer: '',
        subject: '',
        claims: '',
        client: '',
        purpose: '',
        at: '',
      };
      const policy = { name: 'X', cedar: 'permit (principal, action, resource);' };
      const fields: Record<string, object> = {
        'scope-policies': { ...policy, scopes: READ },
        simulator: { ...simulator, scopes: READ },
      };
      for (const token of [{ csrf_token: 'x' }, {}]) {
        const forged = await browser.post(page(path), { ...token, ...fields[path] });
        expect(forged.status).toBe(403);
        expect(forged.headers['content-type']).toMatch(/^text\/html/);
        expect(forged.title).toMatch(/^Nothing was done/);
        expect(forged.link('Back to the page')).toBe(page(path.split('/')[0] ?? ''));
      }
      expect(await bobMayRead()).toBe(true);
    },
  );

  it('GL-10, GL-11 make a policy of a name, scopes and a text, find it, change it and delete it', async () => {
    expect(browser.page.text).toContain('Every scope is decided by what owners share alone.');
    await browser.follow('Add a policy');
    const policy = {
      name: 'Treatment <only>',
      scopes: ` ${READ}  other `,
      cedar: 'permit (principal, action, resource)\r\nwhen { context.purposes.contains("TREAT") };',
    };
    const saved = await browser.submit(policy, { button: 'Save' });
    expect(saved.url).toBe(page('scope-policies?done=saved'));
    expect(saved.text).toContain('The policy was saved.');
    expect(saved.text).toContain(`Treatment <only> ${READ} other`);
    expect(await bobMayRead()).toBe(false);

    await browser.get(page('scope-policies?q=TREAT'));
    expect(browser.page.text).toContain('Treatment <only>');
    await browser.get(page('scope-policies?q=nothing'));
    expect(browser.page.text).toContain('No policy has that in it.');

    await browser.get(page('scope-policies?q=OTHER'));
    await browser.follow('Treatment <only>');
    expect(browser.page.body).toContain('context.purposes.contains(&quot;TREAT&quot;)');
    const changed = await browser.submit({ cedar: 'permit (principal, action, resource);' }, { button: 'Save' });
    expect(changed.text).toContain('The policy was saved.');
    expect(await bobMayRead()).toBe(true);

    await browser.follow('Treatment <only>');
    const address = browser.page.url;
    expect((await browser.submit({}, { form: '/delete' })).text).toContain('The policy was deleted.');
    expect(await browser.get(address)).toMatchObject({ status: 404 });
    expect(browser.page.text).toContain('There is no such policy.');
  });

  it('show a policy again as it was filled in, with what is wrong and where', async () => {
    await browser.get(page('scope-policies/new'));
    const cedar = 'permit (principal, action, resource)\nwhen { principal.age > 18 };';
    const refused = await browser.submit({ name: 'Adults', scopes: READ, cedar }, { button: 'Save' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('Line 2, column 8: attribute `age` on entity type `Person` not found');
    expect(refused.body).toContain('principal.age &gt; 18');
    expect(refused.body).toContain('value="Adults"');
    expect(refused.body).toMatch(/<div class="alert" role="alert"/);
    const nameless = await browser.submit(
      { name: ' ', cedar: 'permit (principal, action, resource);' },
      { button: 'Save' },
    );
    expect(nameless.text).toContain('The policy needs a name.');
    const nowhere = await browser.submit({ name: 'X', scopes: ' ' }, { button: 'Save' });
    expect(nowhere.text).toContain('The policy needs scopes');
  });

  it('GL-03 show the registered resources, and find them by description, owner and id', async () => {
    const carols = await world.register({ ...R1, name: 'Steps_100%' }, world.patC1);
    const shown = await browser.get(page('resources'));
    expect(shown.text).toContain(`Heart <of> Alice ${r1} alice Heart Service heart ${R1.resource_scopes.join(' ')}`);
    expect(shown.text).toContain(carols);
    for (const [text, found] of [
      ['heart%20%3COF%3E', r1],
      ['CAROL', carols],
      [carols, carols],
      ['_100%25', carols],
    ] as const) {
      const { text: content } = await browser.get(page(`resources?q=${text}`));
      expect(content).toContain(found);
      expect(content).not.toContain(found === r1 ? carols : r1);
    }
    expect((await browser.get(page('resources?q=nowhere'))).text).toContain('There is no such resource.');
  });

  it('tell what would be decided, and by which rule, without a word about people in the address', async () => {
    await browser.get(page('simulator'));
    const given = await browser.submit({ resource: r1, scopes: `${READ} heart-rate:write`, username: 'bob' });
    expect(given.url).toBe(page('simulator'));
    expect(given.text).toMatch(new RegExp(`${READ} Yes a share: [\\w-]+ heart-rate:write No nothing is shared`));
    expect(given.body).toContain('value="bob"');
    const claims = 'role = nurse\r\nward = 3 by https://clinic.test';
    const later = await browser.submit({
      scopes: READ,
      claims,
      at: '2030-01-01T10:00',
      client: 'viewer',
      purpose: 'TREAT',
    });
    expect(later.text).toContain(`${READ} Yes`);
    const nobody = await browser.submit({ username: '', claims: '', purpose: '' });
    expect(nobody.text).toContain(`${READ} More has to be known about the person nobody knows who asks`);
  });

  it.each<[Record<string, string>, string, number?]>([
    [{ scopes: ' ' }, 'Name the scopes that are asked for.'],
    [{ username: 'nobody' }, 'There is nobody of that name here.'],
    [{ claims: 'nurse' }, 'A claim is written as “name = value”'],
    [{ at: 'tomorrow' }, 'There is no such time.'],
    [{ resource: 'unknown' }, 'There is no such resource.', 404],
  ])('say what is wrong with a question: %j', async (wrong, message, status = 400) => {
    await browser.get(page('simulator'));
    const question = { resource: r1, scopes: READ, username: 'bob', ...wrong };
    const refused = await browser.submit(question);
    expect(refused.status).toBe(status);
    expect(refused.text).toContain(message);
  });

  it('lead from a decision to the policy that decided', async () => {
    await browser.get(page('scope-policies/new'));
    const cedar = 'permit (principal, action, resource) when { resource.owner == "x" };';
    await browser.submit({ name: 'Nobody reads', scopes: READ, cedar }, { button: 'Save' });
    await browser.get(page('simulator'));
    await browser.submit({ resource: r1, scopes: READ, username: 'bob' });
    await browser.follow('a scope policy: Nobody reads');
    expect(browser.page.title).toMatch(/^Scope policy/);
    await browser.submit({}, { form: '/delete' });
  });

  it('suspend and resume an account, and find it by any of its names', async () => {
    await browser.get(page('accounts?q=BOB@'));
    expect(browser.page.text).toContain('bob Bob bob@example.org active Suspend bob');
    expect(browser.page.text).not.toContain('alice@');
    const suspended = await browser.submit({}, { form: '/bob/suspend' });
    expect(suspended.text).toContain('The account is suspended.');
    expect(suspended.text).toContain('bob@example.org suspended Resume bob');
    const resumed = await browser.submit({}, { form: '/bob/resume' });
    expect(resumed.text).toContain('The person can sign in again.');
    const own = await browser.submit({}, { form: '/carol/suspend' });
    expect(own.status).toBe(409);
    expect(own.text).toContain('Nobody suspends themselves');
    expect((await browser.get(page('accounts?q=nobody'))).text).toContain('There is no such account.');
  });
});
