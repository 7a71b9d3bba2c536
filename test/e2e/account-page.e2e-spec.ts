import type { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { R1, UmaWorld } from '../support/uma-world.js';

describeOnEachDatabase("the owner's page of sharing", (open) => {
  let world: UmaWorld;
  let browser: UserAgent;
  let account: string;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
    browser = world.browserOf('alice');
    account = `${world.issuer}/account`;
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
  });
  afterEach(async () => {
    const { body } = await world.call('GET', '/uma/resources', { token: world.patA1 });
    for (const id of Object.values(body)) {
      await world.call('DELETE', `/uma/resources/${String(id)}`, { token: world.patA1 });
    }
    await browser.get(account);
    await world.passSignIn('alice');
  });

  /** What is shared, as Bob's client gets to feel it. */
  async function bobMayRead(id: string, scope = 'heart-rate:read'): Promise<boolean> {
    return (await world.redeemAs('bob', await world.ticketFor(id, scope))).status === 200;
  }

  it('lets a visitor sign in first, and comes back to what they came for', async () => {
    const [, id] = [await world.register({ ...R1, name: 'First' }), await world.register({ ...R1, name: 'Second' })];
    browser.cookies.clear();
    const page = await browser.get(`${account}?resource=${id}`);
    expect(page.title).toMatch(/^Sign in/);
    await world.passSignIn('alice');
    expect(browser.page.url).toBe(`${account}?resource=${id}`);
    expect(browser.page.status).toBe(200);
    expect(browser.page.title).toMatch(/^Sharing/);
    const sections = browser.page.body.split('<section').slice(1);
    expect(sections.map((section) => /<details\s+open>/.test(section))).toEqual([false, true]);
  });

  it('protects the page from being framed, stored or scripted', async () => {
    const { headers } = await browser.get(account);
    expect(headers['cache-control']).toContain('no-store');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-type']).toMatch(/^text\/html/);
  });

  it('tells an owner who has nothing to share yet what to do', async () => {
    const page = await browser.get(account);
    expect(page.text).toContain('There is nothing to share yet.');
    expect(page.link('Sign out')).toBe(`${world.issuer}/logout`);
  });

  it('shares, shows with whom, and stops sharing', async () => {
    const id = await world.register();
    const empty = await browser.get(account);
    expect(empty.text).toContain('Heart rate You share this with nobody.');
    expect(empty.text).toContain('Every beat');
    expect(await bobMayRead(id)).toBe(false);

    const shared = await browser.submit({ username: 'bob', scopes: 'heart-rate:read' }, { button: 'Share' });
    expect(shared.url).toMatch(new RegExp(`/account\\?resource=${id}&shared=[\\w-]+$`));
    expect(shared.text).toContain('Shared with Bob.');
    expect(shared.body).toMatch(/<p class="notice" role="status">/);
    expect(shared.text).toContain('Bob Every beat until you stop it');
    expect(await bobMayRead(id)).toBe(true);

    const stopped = await browser.submit({}, { form: '/stop' });
    expect(stopped.url).toBe(account);
    expect(stopped.text).toContain('You share this with nobody.');
    expect(stopped.body).not.toContain('class="notice"');
    expect(await bobMayRead(id)).toBe(false);
  });

  it('speaks no word of the protocol', async () => {
    await world.share(await world.register(), ['heart-rate:read']);
    const { text } = await browser.get(account);
    expect(text).not.toMatch(/\b(scopes?|tickets?|RPT|tokens?|resources?|grantee)\b/i);
  });

  it('shares until the end of a day, and shows it', async () => {
    const id = await world.register();
    await browser.get(account);
    const fields = { username: 'Bob', scopes: 'heart-rate:read', until: '2999-12-31' };
    const page = await browser.submit(fields, { button: 'Share' });
    expect(page.text).toContain('until the end of 31 December 2999, UTC');
    expect(await bobMayRead(id)).toBe(true);
  });

  it('shows when a share begins and that it has ended', async () => {
    const id = await world.register();
    const at = (seconds: number) => new Date(world.server.clock.nowMs() + seconds * 1000).toISOString();
    await world.share(id, ['heart-rate:read'], { startsAt: at(60), expiresAt: at(120) });
    expect((await browser.get(account)).text).toMatch(/Bob Every beat from \d.* UTC until \d.* UTC/);
    world.wait(60);
    expect((await browser.get(account)).text).toMatch(/Bob Every beat until \d.* UTC/);
    world.wait(60);
    expect((await browser.get(account)).text).toMatch(/Bob Every beat ended on \d.* UTC/);
  });

  it('changes what there is when something is shared with the same person again', async () => {
    const id = await world.register();
    await world.share(id, ['heart-rate:read']);
    await browser.get(account);
    const page = await browser.submit({ username: 'bob', scopes: 'heart-rate:write' }, { button: 'Share' });
    expect(page.text).toContain('What you share with Bob was changed.');
    expect(page.text).toContain('Bob Add measurements until you stop it');
    expect(page.text).not.toContain('Bob Every beat');
    expect([await bobMayRead(id), await bobMayRead(id, 'heart-rate:write')]).toEqual([false, true]);
  });

  it('leaves the beginning of a share as it is when something else of it is changed', async () => {
    const id = await world.register();
    const startsAt = new Date(world.server.clock.nowMs() + 60_000).toISOString();
    await world.share(id, ['heart-rate:read'], { startsAt });
    await browser.get(account);
    const fields = { username: 'bob', scopes: 'heart-rate:read', until: '2999-12-31' };
    const page = await browser.submit(fields, { button: 'Share' });
    expect(page.text).toMatch(/Bob Every beat from \d.* UTC until the end of 31 December 2999, UTC/);
    expect(await bobMayRead(id)).toBe(false);
    world.wait(60);
    expect(await bobMayRead(id)).toBe(true);
  });

  it('makes one share of a form that is sent twice at the same moment', async () => {
    const cookie = browser.cookies.header(new URL(account)) ?? '';
    for (let round = 0; round < 10; round++) {
      const resource = await world.register();
      const page = await browser.get(account);
      const csrf_token = page.forms[0]?.fields.get('csrf_token') ?? '';
      const form = { csrf_token, resource, username: 'bob', scopes: 'heart-rate:read' };
      const send = () => world.call('POST', '/account/shares', { form, headers: { cookie } });
      const answers = await Promise.all([send(), send()]);
      expect(answers.map(({ status }) => status)).toEqual([303, 303]);
      const [made, changed] = answers.map(({ headers }) => new URL(String(headers['location'])).searchParams);
      const ids = [made, changed].flatMap((query) => query?.getAll('shared').concat(query.getAll('changed')));
      expect(new Set(ids).size).toBe(1);
    }
  });

  it.each(['shared', 'changed'])('says nothing of a share that is not there, or is not theirs: %s', async (flag) => {
    const carols = await world.register(R1, world.patC1);
    const token = await world.accessToken(world.rs1, 'carol', 'openid sharing');
    const json = { resourceId: carols, scopes: ['heart-rate:read'], grantee: { username: 'bob' } };
    const { body } = await world.call('POST', '/api/shares', { token, json });
    for (const id of ['unknown', String(body['id'])]) {
      const page = await browser.get(`${account}?${flag}=${id}`);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('Bob');
      expect(page.body).not.toContain('class="notice"');
    }
  });

  it('takes several boxes that are ticked', async () => {
    const id = await world.register();
    const page = await browser.get(account);
    const form = new URLSearchParams([...(page.forms[0]?.fields ?? [])]);
    form.set('username', 'bob');
    form.append('scopes', 'heart-rate:read');
    form.append('scopes', 'heart-rate:write');
    const cookie = browser.cookies.header(new URL(account)) ?? '';
    const answer = await world.call('POST', '/account/shares', { form: form.toString(), headers: { cookie } });
    expect(answer.status).toBe(303);
    expect([await bobMayRead(id), await bobMayRead(id, 'heart-rate:write')]).toEqual([true, true]);
  });

  it('shows people of other servers as those know them', async () => {
    await world.share(await world.register(), ['heart-rate:read'], {
      grantee: { issuer: 'https://idp.test', subject: 'dora' },
    });
    expect((await browser.get(account)).text).toContain('dora (https://idp.test)');
  });

  it.each<[string, Record<string, string>, string]>([
    ['nobody is meant', { username: 'nobody', scopes: 'heart-rate:read' }, 'There is nobody of that name here.'],
    ['it is oneself', { username: 'alice', scopes: 'heart-rate:read' }, 'Nobody shares with themselves.'],
    ['nothing is ticked', { username: 'bob' }, 'Say what is to be shared.'],
    [
      'the day has passed',
      { username: 'bob', scopes: 'heart-rate:read', until: '2020-01-01' },
      'The share would be over',
    ],
    [
      'there is no such day',
      { username: 'bob', scopes: 'heart-rate:read', until: '2999-13-01' },
      'There is no such day.',
    ],
    [
      'the day ends after the year 9999',
      { username: 'bob', scopes: 'heart-rate:read', until: '9999-12-31' },
      'That is too far away: leave it empty to share until you stop it.',
    ],
  ])('says on the page why something was not shared: %s', async (_why, fields, reason) => {
    await world.register();
    await browser.get(account);
    const page = await browser.submit(fields, { button: 'Share' });
    expect(page.status).toBe(400);
    expect(page.title).toMatch(/^Sharing/);
    expect(page.text).toContain(reason);
    expect(page.text).toContain('You share this with nobody.');
  });

  it.each<[string, Record<string, string>, string]>([
    ['the name', { username: 'no"body', scopes: 'heart-rate:write', until: '2999-12-31' }, 'username'],
    ['what is shared', { username: 'bob', until: '2999-12-31' }, 'scopes'],
    ['the day', { username: 'bob', scopes: 'heart-rate:write', until: '2020-01-01' }, 'until'],
  ])('keeps what was filled in when %s is wrong, and marks that', async (_what, fields, wrong) => {
    const [id] = [await world.register(), await world.register({ ...R1, name: 'Other' })];
    await browser.get(`${account}?resource=${id}`);
    const page = await browser.submit(fields, { button: 'Share' });
    expect(page.status).toBe(400);
    const [refused, other] = page.forms.filter(({ names }) => names.includes('username'));
    expect(Object.fromEntries(refused?.fields ?? [])).toMatchObject({ ...fields, resource: id });
    expect(refused?.fields.get('scopes')).toBe(fields['scopes']);
    expect([other?.fields.get('username'), other?.fields.has('scopes'), other?.fields.get('until')]).toEqual([
      '',
      false,
      '',
    ]);
    const marked = page.body.match(/<input\b[^>]*aria-invalid="true"[^>]*>/g) ?? [];
    expect(new Set(marked.map((input) => / name="(\w+)"/.exec(input)?.[1]))).toEqual(new Set([wrong]));
    expect(marked.every((input) => input.includes('aria-describedby="problem"'))).toBe(true);
    expect(page.body).toContain('id="problem"');
  });

  it('keeps what was filled in, and marks no field, when it is none of them', async () => {
    const resource = await world.register();
    const page = await browser.get(account);
    const csrf_token = page.forms[0]?.fields.get('csrf_token') ?? '';
    const fields = { csrf_token, resource, username: 'bob', scopes: 'heart-rate:stream' };
    const refused = await browser.post(`${account}/shares`, fields);
    expect(refused.text).toContain('The resource does not have all that is to be shared.');
    expect(refused.forms[0]?.fields.get('username')).toBe('bob');
    expect(refused.body).not.toContain('aria-invalid');
  });

  it('says so when a share is gone that is to be stopped', async () => {
    const id = await world.share(await world.register(), ['heart-rate:read']);
    await browser.get(account);
    const token = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    await world.call('DELETE', `/api/shares/${id}`, { token });
    await browser.get(account);
    const csrfToken = browser.page.forms[0]?.fields.get('csrf_token') ?? '';
    const page = await browser.post(`${account}/shares/${id}/stop`, { csrf_token: csrfToken });
    expect(page).toMatchObject({ status: 404 });
    expect(page.text).toContain('There is no such share.');
  });

  it("does nothing that another site makes the owner's browser send", async () => {
    const resource = await world.register();
    const id = await world.share(resource, ['heart-rate:read']);
    await browser.get(account);
    const stop = await browser.post(`${account}/shares/${id}/stop`, { csrf_token: 'guessed' });
    expect(stop.status).toBe(403);
    const fields = { csrf_token: 'guessed', resource, username: 'carol', scopes: 'heart-rate:read' };
    expect((await browser.post(`${account}/shares`, fields)).status).toBe(403);
    const page = await browser.get(account);
    expect(page.text).toContain('Bob');
    expect(page.text).not.toContain('Carol');
  });

  it('sends someone who is signed out meanwhile to sign in, and does nothing', async () => {
    const resource = await world.register();
    const id = await world.share(resource, ['heart-rate:read']);
    browser.cookies.clear();
    expect((await browser.post(`${account}/shares/${id}/stop`, { csrf_token: 'x' })).title).toMatch(/^Sign in/);
    const fields = { csrf_token: 'x', resource, username: 'bob', scopes: 'heart-rate:read' };
    expect((await browser.post(`${account}/shares`, fields)).title).toMatch(/^Sign in/);
    expect(await bobMayRead(resource)).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ['an unknown field', { more: 'x' }],
    ['a day that is none', { until: 'tomorrow' }],
  ])('refuses a form with %s', async (_what, more) => {
    const resource = await world.register();
    await browser.get(account);
    const csrfToken = browser.page.forms[0]?.fields.get('csrf_token') ?? '';
    const fields = { csrf_token: csrfToken, resource, username: 'bob', scopes: 'heart-rate:read', ...more };
    expect((await browser.post(`${account}/shares`, fields)).status).toBe(400);
    expect(await bobMayRead(resource)).toBe(false);
  });
});

describeOnEachDatabase('scope description documents', (open) => {
  let world: UmaWorld;

  beforeAll(async () => {
    world = await UmaWorld.start(open.dialect);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.catchUp();
  });

  it.each(['heart-rate:read', 'heart-rate:summary', 'heart-rate:stream', 'heart-rate:write'])(
    'GL-07 describe %s, with an icon that is there (FED-3.1.1)',
    async (scope) => {
      const { body: metadata } = await world.call('GET', '/.well-known/uma2-configuration');
      for (const id of [scope, encodeURIComponent(scope)]) {
        const answer = await world.call('GET', `${String(metadata['scopes_endpoint'])}/${id}`);
        expect(answer).toMatchObject({
          status: 200,
          body: { name: expect.stringMatching(/\w/) as string, description: expect.stringMatching(/\w/) as string },
        });
        const icon = await world.call('GET', String(answer.body['icon_uri']));
        expect(icon.status).toBe(200);
        expect(icon.headers['content-type']).toMatch(/^image\/svg\+xml/);
      }
    },
  );

  it('are not there for an unknown scope', async () => {
    for (const path of ['/uma/scopes/unknown', '/uma/scopes/unknown/icon']) {
      expect(await world.call('GET', path)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    }
  });
});
