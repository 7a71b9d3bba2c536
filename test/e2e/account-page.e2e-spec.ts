import type { UmaTables } from '../../src/database/authorization-server/uma.js';
import { Database } from '../../src/database/database.js';
import type { Page } from '../../src/demo/front-door/page.js';
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
    // Shares of a type outlive its resources.
    await tables().deleteFrom('share').execute();
    await browser.get(account);
    await world.passSignIn('alice');
  });

  /** What is shared, as Bob's client gets to feel it. */
  async function bobMayRead(id: string, scope = 'heart-rate:read'): Promise<boolean> {
    return (await world.redeemAs('bob', await world.ticketFor(id, scope))).status === 200;
  }

  const tables = () => world.server.app.get<Database<UmaTables>>(Database, { strict: false }).kysely;
  const aliceToken = (): Promise<string> => world.accessToken(world.rs1, 'alice', 'openid sharing');
  /** The fields of the form that shares. */
  const fieldsOf = (page: Page): Record<string, string> =>
    Object.fromEntries(page.forms.find(({ names }) => names.includes('who'))?.fields ?? []);

  it('lets a visitor sign in first, and comes back to what they came for', async () => {
    const [, id] = [await world.register({ ...R1, name: 'First' }), await world.register({ ...R1, name: 'Second' })];
    browser.cookies.clear();
    const page = await browser.get(`${account}?resource=${id}`);
    expect(page.title).toMatch(/^Sign in/);
    await world.passSignIn('alice');
    expect(browser.page.url).toBe(`${account}?resource=${id}`);
    expect(browser.page.status).toBe(200);
    expect(browser.page.title).toMatch(/^Sharing/);
    const forms = browser.page.body.split('<summary>Share…').slice(0, 2);
    expect(forms.map((before) => /<details\s+open>\s*$/.test(before))).toEqual([false, true]);
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
    expect(empty.text).toContain('You share with nobody.');
    expect(empty.text).toContain('Every beat');
    expect(await bobMayRead(id)).toBe(false);

    const shared = await browser.submit({ who: 'bob', scopes: 'heart-rate:read' }, { button: 'Share' });
    expect(shared.url).toMatch(new RegExp(`/account\\?done=shared&to=[\\w-]+&resource=${id}$`));
    expect(shared.text).toContain('Shared with Bob.');
    expect(shared.body).toMatch(/<p class="notice" role="status">/);
    expect(shared.text).toContain('Bob Every beat until you stop it');
    expect(await bobMayRead(id)).toBe(true);

    const stopped = await browser.submit({}, { form: '/stop' });
    expect(stopped.url).toMatch(/\/account\?done=stopped&to=[\w-]+$/);
    expect(stopped.text).toContain('You share with nobody.');
    expect(stopped.text).toContain('You stopped sharing that. It acts at once.');
    expect(stopped.text).toContain('Who was watching cannot ask for it again for a day; you can share it again.');
    expect(await bobMayRead(id)).toBe(false);
  });

  it('says with whom else the same is shared, which may be the person whom it was stopped for', async () => {
    const id = await world.register();
    await world.share(id, ['heart-rate:read'], { grantee: { email: 'bob@example.org' } });
    await world.share(id, ['heart-rate:read']);
    const page = await browser.get(account);
    const bobs = page.body.indexOf('>Bob');
    const stop = page.forms.find(({ action }) => action.endsWith('/stop') && page.body.indexOf(action) > bobs);
    const stopped = await browser.post(stop?.action ?? '', Object.fromEntries(stop?.fields ?? []));
    expect(stopped.text).toContain(
      'You still share the same with bob@example.org: whoever that is may see it as before.',
    );
    const last = await browser.submit({}, { form: '/stop' });
    expect(last.text).toContain('You stopped sharing that.');
    expect(last.text).not.toContain('You still share');
  });

  it('names no shares but the owner’s that are there, whatever the address says is shared still', async () => {
    const carols = await world.register(R1, world.patC1);
    const token = await world.accessToken(world.rs1, 'carol', 'openid sharing');
    const json = { resourceId: carols, scopes: ['heart-rate:read'], grantee: { username: 'bob' } };
    const { body } = await world.call('POST', '/api/shares', { token, json });
    const page = await browser.get(`${account}?done=stopped&to=x&still=unknown+${String(body['id'])}`);
    expect(page.text).toContain('You stopped sharing that.');
    expect(page.text).not.toContain('You still share');
  });

  it('speaks no word of the protocol', async () => {
    await world.share(await world.register(), ['heart-rate:read']);
    const { text } = await browser.get(account);
    expect(text).not.toMatch(/\b(scopes?|tickets?|RPT|tokens?|resources?|grantee)\b/i);
  });

  it('shares until the end of a day, and shows it', async () => {
    const id = await world.register();
    await browser.get(account);
    const fields = { who: 'Bob', scopes: 'heart-rate:read', until: '2999-12-31' };
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
    const page = await browser.submit({ who: 'bob', scopes: 'heart-rate:write' }, { button: 'Share' });
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
    const fields = { who: 'bob', scopes: 'heart-rate:read', until: '2999-12-31' };
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
      const form = { csrf_token, resource, who: 'bob', scopes: 'heart-rate:read' };
      const send = () => world.call('POST', '/account/shares', { form, headers: { cookie } });
      const answers = await Promise.all([send(), send()]);
      expect(answers.map(({ status }) => status)).toEqual([303, 303]);
      const [made, changed] = answers.map(({ headers }) => new URL(String(headers['location'])).searchParams);
      expect([made?.get('done'), changed?.get('done')].sort()).toEqual(['changed', 'shared']);
      expect(made?.get('to')).toBe(changed?.get('to'));
    }
  });

  it.each(['shared', 'changed', 'paused', 'resumed', 'allowed', 'refused', 'blocked'])(
    'says nothing of a share that is not there, or is not theirs: %s',
    async (flag) => {
      const carols = await world.register(R1, world.patC1);
      const token = await world.accessToken(world.rs1, 'carol', 'openid sharing');
      const json = { resourceId: carols, scopes: ['heart-rate:read'], grantee: { username: 'bob' } };
      const { body } = await world.call('POST', '/api/shares', { token, json });
      for (const id of ['unknown', String(body['id'])]) {
        const page = await browser.get(`${account}?done=${flag}&to=${id}`);
        expect(page.status).toBe(200);
        expect(page.text).not.toContain('Bob');
        expect(page.body).not.toContain('class="notice"');
      }
    },
  );

  it('takes several boxes that are ticked', async () => {
    const id = await world.register();
    const page = await browser.get(account);
    const shares = page.forms.find(({ action }) => action.endsWith('/shares'));
    const form = new URLSearchParams([...(shares?.fields ?? [])]);
    form.set('who', 'bob');
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
    ['nobody is meant', { who: 'nobody', scopes: 'heart-rate:read' }, 'There is nobody of that name here.'],
    ['it is oneself', { who: 'alice', scopes: 'heart-rate:read' }, 'Nobody shares with themselves.'],
    ['nothing is ticked', { who: 'bob' }, 'Say what is to be shared.'],
    ['the day has passed', { who: 'bob', scopes: 'heart-rate:read', until: '2020-01-01' }, 'The share would be over'],
    [
      'the name is longer than any',
      { who: 'x'.repeat(300), scopes: 'heart-rate:read' },
      'There is nobody of that name',
    ],
    [
      'the address is too long',
      { who: `${'x'.repeat(300)}@example.org`, scopes: 'heart-rate:read' },
      'no e-mail address',
    ],
    ['that is no day', { who: 'bob', scopes: 'heart-rate:read', until: 'tomorrow' }, 'There is no such day.'],
    ['there is no such day', { who: 'bob', scopes: 'heart-rate:read', until: '2999-13-01' }, 'There is no such day.'],
    [
      'the day ends after the year 9999',
      { who: 'bob', scopes: 'heart-rate:read', until: '9999-12-31' },
      'That is too far away: leave it empty to share until you stop it.',
    ],
  ])('says on the page why something was not shared: %s', async (_why, fields, reason) => {
    await world.register();
    await browser.get(account);
    const page = await browser.submit(fields, { button: 'Share' });
    expect(page.status).toBe(400);
    expect(page.title).toMatch(/^Sharing/);
    expect(page.text).toContain(reason);
    expect(page.text).toContain('You share with nobody.');
  });

  it.each<[string, Record<string, string>, string]>([
    ['the name', { who: 'no"body', scopes: 'heart-rate:write', until: '2999-12-31' }, 'who'],
    ['what is shared', { who: 'bob', until: '2999-12-31' }, 'scopes'],
    ['the day', { who: 'bob', scopes: 'heart-rate:write', until: '2020-01-01' }, 'until'],
  ])('keeps what was filled in when %s is wrong, and marks that', async (_what, fields, wrong) => {
    const [id] = [await world.register(), await world.register({ ...R1, name: 'Other' })];
    await browser.get(`${account}?resource=${id}`);
    const page = await browser.submit(fields, { button: 'Share' });
    expect(page.status).toBe(400);
    const [refused, other] = page.forms.filter(({ names }) => names.includes('who'));
    expect(Object.fromEntries(refused?.fields ?? [])).toMatchObject({ ...fields, resource: id });
    expect(refused?.fields.get('scopes')).toBe(fields['scopes']);
    expect([other?.fields.get('who'), other?.fields.has('scopes'), other?.fields.get('until')]).toEqual([
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
    const fields = { csrf_token, resource, who: 'bob', scopes: 'heart-rate:stream' };
    const refused = await browser.post(`${account}/shares`, fields);
    expect(refused.text).toContain('The resource does not have all that is to be shared.');
    const form = refused.forms.find(({ names }) => names.includes('who'));
    expect(form?.fields.get('who')).toBe('bob');
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
    const fields = { resource, who: 'carol', scopes: 'heart-rate:read' };
    for (const token of [{ csrf_token: 'guessed' }, {}]) {
      expect((await browser.post(`${account}/shares/${id}/stop`, { ...token })).status).toBe(403);
      const forged = await browser.post(`${account}/shares`, { ...token, ...fields });
      expect(forged.status).toBe(403);
      expect(forged.headers['content-type']).toMatch(/^text\/html/);
      expect(forged.title).toMatch(/^Nothing was done/);
      expect(forged.link('Back to the page')).toBe(account);
      expect(forged.body).not.toContain('carol');
    }
    const page = await browser.get(account);
    expect(page.text).toContain('Bob');
    expect(page.text).not.toContain('Carol');
  });

  it('sends someone who is signed out meanwhile to sign in, and does nothing', async () => {
    const resource = await world.register();
    const id = await world.share(resource, ['heart-rate:read']);
    browser.cookies.clear();
    expect((await browser.post(`${account}/shares/${id}/stop`, { csrf_token: 'x' })).title).toMatch(/^Sign in/);
    const fields = { csrf_token: 'x', resource, who: 'bob', scopes: 'heart-rate:read' };
    expect((await browser.post(`${account}/shares`, fields)).title).toMatch(/^Sign in/);
    expect(await bobMayRead(resource)).toBe(true);
  });

  it.each([
    'shares',
    'shares/s/stop',
    'shares/s/pause',
    'shares/s/resume',
    'requests/r/allow',
    'requests/r/refuse',
    'blocks',
    'blocks/b/lift',
    'remembered/forget',
    'settings',
  ])('leads who opens or reloads the address of a form back to the page: %s', async (path) => {
    const answer = await world.call('GET', `/account/${path}`);
    expect(answer).toMatchObject({ status: 303, headers: { location: account } });
    expect((await browser.get(`${account}/${path}`)).title).toMatch(/^Sharing/);
  });

  it('refuses a form with an unknown field', async () => {
    const resource = await world.register();
    await browser.get(account);
    const csrfToken = browser.page.forms[0]?.fields.get('csrf_token') ?? '';
    const fields = { csrf_token: csrfToken, resource, who: 'bob', scopes: 'heart-rate:read', more: 'x' };
    expect((await browser.post(`${account}/shares`, fields)).status).toBe(400);
    expect(await bobMayRead(resource)).toBe(false);
  });

  it('says where a share is not for what is plain: several things, a kind, some purposes, some apps', async () => {
    const type = 'http://example.org/heart';
    const id = await world.register({ ...R1, type });
    await world.register({ ...R1, name: 'Steps' });
    await world.share(id, ['heart-rate:read'], { purposes: ['HRESCH', 'TREAT'], clients: [world.c1.id] });
    const grantee = { email: 'dr@example.org' };
    await world.share(id, ['heart-rate:write'], { resourceId: undefined, resourceType: type, grantee });
    const { text } = await browser.get(account);
    expect(text).toContain(
      'Bob Every beat Heart rate · until you stop it · only with Pulse Viewer · only for research, treatment',
    );
    expect(text).toContain('dr@example.org Add measurements Heart rate, and all of this kind · until you stop it');
  });

  it('shares all of a kind, for some purposes, with some apps, when the owner says so', async () => {
    const [id, token] = [await world.register({ ...R1, type: 'http://example.org/heart' }), await aliceToken()];
    await world.share(id, ['heart-rate:read'], { grantee: { username: 'carol' }, clients: [world.c1.id] });
    await browser.get(account);
    const fields = { who: 'bob', scopes: 'heart-rate:read', reach: 'kind', purposes: 'HRESCH', clients: world.c1.id };
    const page = await browser.submit(fields, { form: '/shares', button: 'Share' });
    expect(page.text).toContain('Shared with Bob.');
    const shares = Object.values((await world.call('GET', '/api/shares', { token })).body);
    expect(shares).toContainEqual(
      expect.objectContaining({
        resourceType: 'http://example.org/heart',
        purposes: ['HRESCH'],
        clients: [world.c1.id],
      }),
    );
  });

  it('offers no kind of what has none, and no apps before one has come', async () => {
    await world.register();
    const page = await browser.get(account);
    const form = page.forms.find(({ names }) => names.includes('who'));
    expect(form?.names).toContain('purposes');
    expect(form?.names).not.toContain('reach');
    expect(
      await browser.post(`${account}/shares`, {
        ...fieldsOf(page),
        who: 'bob',
        scopes: 'heart-rate:read',
        reach: 'kind',
      }),
    ).toMatchObject({ status: 404 });
  });

  it('shares with an e-mail address, and takes nothing else with an @ in it', async () => {
    await world.register();
    await browser.get(account);
    const shared = await browser.submit({ who: ' Bob@Example.org ', scopes: 'heart-rate:read' }, { button: 'Share' });
    expect(shared.text).toContain('Shared with bob@example.org.');
    const refused = await browser.submit({ who: 'bob@', scopes: 'heart-rate:read' }, { button: 'Share' });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.text).toContain('That is no e-mail address.');
  });

  it('keeps what was chosen of the rest when something is wrong, and shows it', async () => {
    await world.register({ ...R1, type: 'http://example.org/heart' });
    await browser.get(account);
    const fields = { who: 'nobody', scopes: 'heart-rate:read', reach: 'kind', purposes: 'HRESCH' };
    const page = await browser.submit(fields, { button: 'Share' });
    expect(page.status).toBe(400);
    const form = page.forms.find(({ names }) => names.includes('who'));
    expect(Object.fromEntries(form?.fields ?? [])).toMatchObject(fields);
    expect(page.body).toMatch(/<details open>\s*<summary>More choices/);
  });

  it('pauses a share and goes on with it', async () => {
    const id = await world.register();
    await world.share(id, ['heart-rate:read']);
    await browser.get(account);
    const paused = await browser.submit({}, { form: '/pause' });
    expect(paused.text).toContain('What you share with Bob is paused. It acts at once.');
    expect(paused.text).toContain('Bob Every beat paused until you stop it');
    expect(await bobMayRead(id)).toBe(false);
    const resumed = await browser.submit({}, { form: '/resume' });
    expect(resumed.text).toContain('You share with Bob again.');
    expect(await bobMayRead(id)).toBe(true);
  });

  it('does not offer to pause what is over', async () => {
    const expiresAt = new Date(world.server.clock.nowMs() + 60_000).toISOString();
    await world.share(await world.register(), ['heart-rate:read'], { expiresAt });
    world.wait(60);
    const page = await browser.get(account);
    expect(page.forms.filter(({ action }) => action.endsWith('/pause'))).toEqual([]);
    expect(page.forms.filter(({ action }) => action.endsWith('/stop'))).toHaveLength(1);
  });

  it('pauses all sharing, says so as long as it lasts, and goes on', async () => {
    const id = await world.register();
    await world.share(id, ['heart-rate:read']);
    await browser.get(account);
    const paused = await browser.submit({}, { button: 'Pause all sharing' });
    expect(paused.text).toContain('You paused all sharing. It acts at once.');
    expect((await browser.get(account)).text).toContain('All sharing is paused: nobody sees anything.');
    expect(await bobMayRead(id)).toBe(false);
    const resumed = await browser.submit({}, { button: 'Go on sharing' });
    expect(resumed.text).toContain('Sharing goes on.');
    expect(resumed.text).not.toContain('All sharing is paused');
    expect(await bobMayRead(id)).toBe(true);
  });

  it('blocks a person, shows it, and shares with them again', async () => {
    const id = await world.register();
    await world.share(id, ['heart-rate:read']);
    await browser.get(account);
    const blocked = await browser.submit({}, { form: '/blocks', button: 'Never share with Bob' });
    expect(blocked.text).toContain('You never share with Bob. It acts at once.');
    expect(blocked.text).toContain('Bob you never share with them Every beat');
    expect(blocked.text).not.toContain('Never share with Bob');
    expect(await bobMayRead(id)).toBe(false);
    const fields = { who: 'bob', scopes: 'heart-rate:write' };
    const shared = await browser.submit(fields, { button: 'Share', form: '/shares' });
    expect(shared.text).toContain('It is saved, but you never share with Bob: they get nothing until');
    expect(await bobMayRead(id)).toBe(false);
    await browser.submit({ who: 'bob', scopes: 'heart-rate:read' }, { button: 'Share', form: '/shares' });
    const lifted = await browser.submit({}, { form: '/lift' });
    expect(lifted.text).toContain('What you share with this person counts again.');
    expect(await bobMayRead(id)).toBe(true);
  });

  it('says nothing that is not so, whatever its address says', async () => {
    await world.register();
    const about = ['all-paused', 'asking-allowed'];
    for (const done of about) {
      expect((await browser.get(`${account}?done=${done}`)).body).not.toContain('class="notice"');
    }
    expect((await browser.get(`${account}?done=anything`)).status).toBe(400);
  });

  describe('with people who ask', () => {
    let id: string;

    beforeEach(async () => {
      id = await world.register();
      await browser.get(account);
      const page = await browser.submit({}, { button: 'Let people ask me' });
      expect(page.text).toContain('People may ask you now.');
    });
    afterEach(async () => {
      await browser.get(account);
      if (browser.page.text.includes('Let nobody ask')) await browser.submit({}, { button: 'Let nobody ask' });
    });

    const ask = async (...scopes: string[]) => (await world.redeemAs('bob', await world.ticketFor(id, ...scopes))).body;

    it('shows who asks for what, with which app and since when', async () => {
      expect((await browser.get(account)).text).toContain('Requests (0) Nobody is waiting for your answer.');
      expect(await ask('heart-rate:read', 'heart-rate:write')).toMatchObject({ error: 'request_submitted' });
      world.wait(130);
      const page = await browser.get(account);
      expect(page.title).toMatch(/^Sharing \(1\)/);
      expect(page.text).toContain(
        'Requests (1) Bob asks for Heart rate: Every beat · Add measurements with Pulse Viewer · 2 min ago',
      );
      expect(page.body).toMatch(/<time datetime="\d{4}-\d\d-\d\dT[\d:.]+Z"/);
      expect(page.text).not.toMatch(/\b(scopes?|tickets?|RPT|tokens?|resources?|grantee)\b/i);
    });

    it('allows all of it', async () => {
      await ask('heart-rate:read', 'heart-rate:write');
      const page = await allow('Allow all');
      expect(page.text).toContain('Shared with Bob: Every beat · Add measurements.');
      expect(page.text).toContain('Requests (0)');
      expect(await bobMayRead(id, 'heart-rate:write')).toBe(true);
    });

    it('allows some of it until a day', async () => {
      await ask('heart-rate:read', 'heart-rate:write');
      await browser.get(account);
      const form = browser.page.forms.find(({ names, action }) => names.includes('until') && action.endsWith('/allow'));
      const fields = { ...Object.fromEntries(form?.fields ?? []), scopes: 'heart-rate:read', until: '2999-12-31' };
      const cookie = browser.cookies.header(new URL(account)) ?? '';
      const body = new URLSearchParams(fields);
      body.delete('seen');
      for (const scope of ['heart-rate:read', 'heart-rate:write']) body.append('seen', scope);
      const answer = await world.call('POST', new URL(form?.action ?? '').pathname, {
        form: body.toString(),
        headers: { cookie },
      });
      expect(answer.status).toBe(303);
      const page = await browser.get(String(answer.headers['location']));
      expect(page.text).toContain('Shared with Bob: Every beat.');
      expect(page.text).toContain('until the end of 31 December 2999, UTC');
      expect([await bobMayRead(id), await bobMayRead(id, 'heart-rate:write')]).toEqual([true, false]);
    });

    it('says so when that would change until when other things are shared', async () => {
      await world.share(id, ['heart-rate:read']);
      await ask('heart-rate:write');
      const shown = await browser.get(account);
      const form = shown.forms.find(({ names, action }) => names.includes('until') && action.endsWith('/allow'));
      const fields = { ...Object.fromEntries(form?.fields ?? []), scopes: 'heart-rate:write', until: '2999-12-31' };
      const page = await browser.post(form?.action ?? '', fields);
      expect(page.status).toBe(409);
      expect(page.text).toContain('You share other things with this person in another way: change that instead.');
      expect(page.text).toContain('Bob Every beat until you stop it');
    });

    it('says no', async () => {
      await ask('heart-rate:read');
      await browser.get(account);
      const page = await browser.submit({}, { form: '/refuse' });
      expect(page.text).toContain('You said no to Bob, who cannot ask for that again for a day.');
      expect(await ask('heart-rate:read')).toMatchObject({ error: 'request_denied' });
    });

    it('never shares with who asks', async () => {
      await ask('heart-rate:read');
      await browser.get(account);
      const page = await browser.submit({}, { form: '/blocks' });
      expect(page.text).toContain('You never share with Bob.');
      expect(page.text).toContain('Requests (0)');
      await browser.submit({}, { form: '/lift' });
    });

    it('says so when it was answered in another window', async () => {
      await ask('heart-rate:read');
      const shown = await browser.get(account);
      const form = shown.forms.find(({ action }) => action.endsWith('/refuse'));
      await browser.submit({}, { form: '/refuse' });
      const page = await browser.post(form?.action ?? '', Object.fromEntries(form?.fields ?? []));
      expect(page.status).toBe(409);
      expect(page.text).toContain('This request was answered already.');
    });

    it('allows nothing that was asked for after the page was shown', async () => {
      await ask('heart-rate:read');
      await browser.get(account);
      await ask('heart-rate:write');
      const page = await browser.submit({}, { form: '/allow' });
      expect(page.status).toBe(409);
      expect(page.text).toContain('This person asks for something else by now: look again.');
      expect(page.text).toContain('Bob asks for Heart rate: Every beat · Add measurements');
      expect(await bobMayRead(id)).toBe(false);
    });

    it('shows at most twenty, and how many more there are', async () => {
      await ask('heart-rate:read');
      const row = await tables()
        .selectFrom('access_request')
        .selectAll()
        .where('resource_id', '=', id)
        .executeTakeFirstOrThrow();
      const others = Array.from({ length: 22 }, (_none, n) => ({
        ...row,
        id: `other-${n}`,
        requester_subject: `p${n}`,
      }));
      await tables().insertInto('access_request').values(others).execute();
      const { text } = await browser.get(account);
      expect(text).toContain('Requests (23)');
      expect(text).toContain('3 more wait behind these.');
      expect(text.match(/asks for Heart rate/g)).toHaveLength(20);
    });

    it('lets the owner choose when somebody asks for anything', async () => {
      await ask();
      const page = await browser.get(account);
      expect(page.text).toContain('Bob asks for Heart rate: something');
      expect(page.text).not.toContain('Allow all');
      const form = page.forms.find(({ action }) => action.endsWith('/allow'));
      expect(form?.fields.has('seen')).toBe(false);
      const allowed = await browser.submit({ scopes: 'heart-rate:read' }, { form: '/allow' });
      expect(allowed.text).toContain('Shared with Bob: Every beat.');
    });

    it('says why some of it was not allowed, where that was to be chosen', async () => {
      await ask('heart-rate:write');
      const isChoice = ({ names, action }: Page['forms'][number]) =>
        names.includes('until') && action.endsWith('/allow');
      const formOf = (page: Page) => page.forms.find(isChoice) ?? { action: '', fields: new Map<string, string>() };
      const { action, fields } = formOf(await browser.get(account));
      const nothing = await browser.post(action, Object.fromEntries(fields));
      expect(nothing.status).toBe(400);
      expect(nothing.text).toContain('Say what is to be shared.');
      expect(nothing.body).toMatch(/<details open>\s*<summary>Allow only…/);
      const sent = { scopes: 'heart-rate:write', until: '2020-01-01' };
      const late = await browser.post(action, { ...Object.fromEntries(fields), ...sent });
      expect(late.text).toContain('The share would be over before it begins.');
      expect(Object.fromEntries(formOf(late).fields)).toMatchObject(sent);
      expect(late.body).toMatch(/name="until"[^>]*aria-invalid="true" aria-describedby="problem"/);
    });

    it("does nothing that another site makes the owner's browser send", async () => {
      await ask('heart-rate:read');
      const page = await browser.get(account);
      const paths = page.forms.map(({ action }) => action);
      expect(paths.length).toBeGreaterThan(5);
      for (const action of new Set(paths)) {
        const form = page.forms.find((one) => one.action === action);
        const fields = { ...Object.fromEntries(form?.fields ?? []), csrf_token: 'guessed', who: 'bob' };
        const { who, ...without } = fields;
        const forged = await browser.post(action, action.endsWith('/shares') ? { ...without, who } : without);
        expect(forged.status).toBe(403);
      }
      expect((await browser.get(account)).text).toContain('Requests (1)');
    });

    /** Presses a button of the first request; its form has several fields of one name. */
    async function allow(button: string) {
      const page = await browser.get(account);
      const form = page.forms.find(({ buttons }) => buttons.some(({ label }) => label.startsWith(button)));
      const body = new URLSearchParams({ csrf_token: form?.fields.get('csrf_token') ?? '' });
      for (const scope of ['heart-rate:read', 'heart-rate:write']) {
        body.append('seen', scope);
        body.append('scopes', scope);
      }
      const headers = { cookie: browser.cookies.header(new URL(account)) ?? '' };
      const answer = await world.call('POST', new URL(form?.action ?? '').pathname, { form: body.toString(), headers });
      expect(answer.status).toBe(303);
      return browser.get(String(answer.headers['location']));
    }
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
