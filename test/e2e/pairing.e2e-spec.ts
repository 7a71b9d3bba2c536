import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import { ChildProgram } from '../support/child-program.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { documentedProgram } from '../support/documented-programs.js';
import { FakeOpenIdProvider } from '../support/fake-openid-provider.js';
import { type Ask, ResourceServerApplication, type Told } from '../support/resource-server-application.js';
import { CURL, requireProgram } from '../support/system-programs.js';
import { type TestClient, UmaWorld } from '../support/uma-world.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const GRANTS = ['authorization_code', 'refresh_token'];

interface Begun {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
}

interface Paired {
  readonly id: string;
  readonly resourceId: string;
  readonly credential: string;
}

const errorIn = (told: Told): string => `${told.status} ${String((told.json() as Record<string, unknown>)['error'])}`;

/** A sensor that has nothing but the address of the resource server. */
class NewSensor {
  constructor(private readonly server: ResourceServerApplication) {}

  asks(json: unknown = { name: 'Chest strap' }): Promise<Told> {
    return this.server.ask('/api/pairings', { method: 'POST', json });
  }

  async begins(json?: unknown): Promise<Begun> {
    return (await this.asks(json)).json() as Begun;
  }

  polls({ device_code }: Pick<Begun, 'device_code'>): Promise<Told> {
    return this.server.ask('/api/pairings/token', { method: 'POST', json: { device_code } });
  }

  async errorOf(begun: Begun): Promise<string> {
    return errorIn(await this.polls(begun));
  }

  sends(credential: string, heartRate = 72): Promise<Told> {
    const json = { heartRate, timestamp: '2026-03-01T10:00:00Z' };
    return this.server.ask('/measurements', {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}` },
      json,
    });
  }
}

describeOnEachDatabase('pairing at the embedded authorization server (RFC 8628)', (open) => {
  let world: UmaWorld;
  let client: TestClient;
  let clock: FixedClock;
  let server: ResourceServerApplication;
  let sensor: NewSensor;

  beforeAll(async () => {
    await requireProgram(CURL);
    world = await UmaWorld.start('sqlite');
    client = await world.registerClient({
      client_name: 'Heart Service',
      resource: ResourceServerApplication.baseUrl,
      grant_types: [...GRANTS, DEVICE_GRANT],
      scope: 'openid profile uma_protection offline_access',
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.catchUp();
    clock = new FixedClock(Date.now());
    const { id: clientId, secret } = client;
    server = await ResourceServerApplication.start(open.dialect, {
      authorizationServers: [{ issuer: world.issuer, clientId, clientSecret: new Secret(secret) }],
      clock,
    });
    sensor = new NewSensor(server);
  });
  afterEach(() => server.stop());

  const later = (seconds = 5): void => {
    clock.advanceMs(seconds * 1000);
    world.wait(seconds);
  };
  /** A person opens the link, and answers on each page that comes. */
  const visit = async ({ verification_uri_complete }: Begun, answer: 'Allow' | 'Cancel', who = 'alice') => {
    const browser = world.browserOf(who);
    await browser.get(verification_uri_complete);
    await browser.submit({}, { button: 'Continue' });
    await browser.submit({}, { button: 'Continue' });
    await world.passSignIn(who);
    return browser.submit({}, { button: answer });
  };
  const collects = async (begun: Begun): Promise<Paired> => (await sensor.polls(begun)).json() as Paired;
  const pairs = async (who?: string): Promise<Paired> => {
    const begun = await sensor.begins();
    await visit(begun, 'Allow', who);
    return collects(begun);
  };
  const atHome = async (path: string, ask: Ask = {}): Promise<Told> => {
    const session = await server.signIn(await world.accountId('alice'), undefined, undefined, world.issuer);
    return server.ask(path, { ...ask, headers: { ...session, ...ask.headers } });
  };

  it('shows code, link and pictures of it, and a handle of its own', async () => {
    const told = await sensor.asks();
    expect([told.status, told.headers['cache-control']]).toEqual([201, 'no-store']);
    const { user_code: userCode } = told.json() as Begun;
    expect(userCode).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(told.json()).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/) as string,
      user_code: userCode,
      verification_uri: `${world.issuer}/device`,
      verification_uri_complete: `${world.issuer}/device?user_code=${userCode}`,
      expires_in: 600,
      interval: 5,
      qr_svg: expect.stringMatching(/^<svg [^>]*viewBox[^]*<\/svg>$/) as string,
      qr_text: expect.stringMatching(/^[█▀▄ \n]+$/) as string,
    });
  });

  it('gives the handle no worth at the authorization server, and that one’s code to nobody', async () => {
    const { device_code } = await sensor.begins();
    const { body } = await world.token(client, { grant_type: DEVICE_GRANT, device_code });
    expect(body['error']).toBe('invalid_grant');
  });

  it('gives the sensor a credential of whoever has allowed it, with which it sends', async () => {
    const begun = await sensor.begins();
    expect(await sensor.errorOf(begun)).toBe('400 authorization_pending');
    expect((await visit(begun, 'Allow')).text).toContain('Heart Service is connected');
    later();
    const told = await sensor.polls(begun);
    expect([told.status, told.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(told.json()).toEqual({
      id: expect.any(String) as string,
      resourceId: expect.any(String) as string,
      name: 'Chest strap',
      createdAt: new Date(clock.nowMs()).toISOString(),
      credential: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
    const { credential } = told.json() as Paired;
    expect((await sensor.sends(credential)).json()).toMatchObject({ stored: 1 });
  });

  it('needs no visit of the owner before: her heart rate is registered, and can be shared', async () => {
    const { resourceId } = await pairs('carol');
    const session = await server.signIn(await world.accountId('carol'), undefined, undefined, world.issuer);
    const [resource] = (await server.ask('/api/resources', { headers: session })).json() as Record<string, unknown>[];
    expect(resource).toMatchObject({ id: resourceId, registered: true });
    const refusal = await server.ask(`/resources/${resourceId}/heart-rate`);
    expect(refusal.headers['www-authenticate']).toContain(`as_uri="${world.issuer}"`);
  });

  it('makes a sensor like any other: the owner sees it and disconnects it', async () => {
    const { id, credential } = await pairs();
    await sensor.sends(credential);
    expect((await atHome('/', { headers: { accept: 'text/html' } })).text).toContain('Chest strap');
    const sensors = (await atHome('/api/sensors')).json() as Record<string, unknown>[];
    expect(sensors).toMatchObject([{ id, lastSeenAt: expect.any(String) as string }]);
    expect((await atHome(`/api/sensors/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await sensor.sends(credential)).status).toBe(401);
  });

  it('pairs a second sensor into the same heart rate, and one of somebody else into another', async () => {
    const [first, second, other] = [await pairs(), await pairs(), await pairs('bob')];
    expect(second.resourceId).toBe(first.resourceId);
    expect(other.resourceId).not.toBe(first.resourceId);
    for (const { credential } of [first, second, other]) expect((await sensor.sends(credential)).status).toBe(200);
  });

  it('tells the sensor when its owner says no', async () => {
    const begun = await sensor.begins();
    await visit(begun, 'Cancel');
    expect(await sensor.errorOf(begun)).toBe('400 access_denied');
    later();
    expect(await sensor.errorOf(begun)).toBe('400 access_denied');
  });

  it('tells the sensor when it took too long, and when it asks too often', async () => {
    const begun = await sensor.begins();
    expect(await sensor.errorOf(begun)).toBe('400 authorization_pending');
    expect(await sensor.errorOf(begun)).toBe('400 slow_down');
    later(600);
    expect(await sensor.errorOf(begun)).toBe('400 expired_token');
  });

  it('replaces a credential that was lost on its way, until it is used (RFC 8628 section 3.5)', async () => {
    const begun = await sensor.begins();
    await visit(begun, 'Allow');
    const lost = await collects(begun);
    later();
    const found = await collects(begun);
    expect((await sensor.sends(lost.credential)).status).toBe(401);
    expect((await sensor.sends(found.credential)).status).toBe(200);
    later();
    expect(await sensor.errorOf(begun)).toBe('400 invalid_grant');
    expect((await sensor.sends(found.credential, 73)).status).toBe(200);
  });

  it('goes on when the process was started anew meanwhile', async () => {
    const begun = await sensor.begins();
    await visit(begun, 'Allow');
    await server.restart();
    expect((await collects(begun)).credential).toMatch(/^[\w-]{43}$/);
  });

  it('shows the sensor no token, code or name of the authorization server and its people', async () => {
    const begun = await sensor.asks();
    await visit(begun.json() as Begun, 'Allow');
    const told = await sensor.polls(begun.json() as Begun);
    const aliceId = await world.accountId('alice');
    for (const { text } of [begun, told]) {
      expect(text).not.toMatch(/access_token|id_token|refresh_token|eyJ/);
      expect(text).not.toContain(aliceId);
    }
  });

  it.each([
    ['another member', { name: 'Strap', scope: 'all' }],
    ['an empty name', { name: ' ' }],
    ['a name that is too long', { name: 'x'.repeat(101) }],
    ['a name that turns letters round', { name: 'part\u202etsehc' }],
    ['a name that is no text', { name: { first: 'Strap' } }],
    ['an authorization server that is not asked here', { authorization_server: 'https://evil.example' }],
    ['a body that is a list', []],
  ])('refuses %s', async (_what, json) => {
    expect(errorIn(await sensor.asks(json))).toBe('400 invalid_request');
  });

  it.each([{}, { device_code: '' }, { device_code: ['x'] }, { device_code: 'x', user_code: 'y' }])(
    'refuses the question %j',
    async (json) => {
      const told = await server.ask('/api/pairings/token', { method: 'POST', json });
      expect(errorIn(told)).toBe('400 invalid_request');
    },
  );

  it('calls a sensor a sensor that says nothing of itself', async () => {
    const begun = (await server.ask('/api/pairings', { method: 'POST' })).json() as Begun;
    await visit(begun, 'Allow');
    expect(await collects(begun)).toMatchObject({ name: 'Sensor' });
  });

  it('is what the script of docs/sensors.md does', async () => {
    const text = documentedProgram('docs/sensors.md', 'A sensor that pairs itself')
      .replaceAll(/\bcurl\b/g, CURL.path)
      .replace('sleep "$interval"', 'sleep 0.2');
    const script = new ChildProgram(['/bin/sh'], text, { SERVER: await server.app.getUrl() });
    try {
      await script.shows(/█[^]*Open \S+ and compare the code \S+\./);
      const [, verification_uri_complete = '', user_code = ''] =
        /Open (\S+) and compare the code (\S+)\./.exec(script.output) ?? [];
      const begun = { device_code: '', user_code, verification_uri: '', verification_uri_complete };
      await visit(begun, 'Allow');
      clock.advanceMs(30_000);
      world.wait(30);
      expect(await script.ended).toBe(0);
      expect(script.output).toMatch(/Chest strap is paired\.\n\{"stored":1,"duplicate":0,"refused":0\}\n$/);
    } finally {
      script.stop();
    }
  });
});

describeOnEachDatabase('pairing where the authorization server has no devices', (open) => {
  let provider: FakeOpenIdProvider;
  let server: ResourceServerApplication;
  let sensor: NewSensor;
  let alice: Readonly<Record<string, string>>;

  beforeEach(async () => {
    provider = await FakeOpenIdProvider.start(new FixedClock(Date.now()));
    const { issuer, clientId, clientSecret } = provider;
    const main = { issuer, clientId, clientSecret: new Secret(clientSecret) };
    server = await ResourceServerApplication.start(open.dialect, { authorizationServers: [main] });
    sensor = new NewSensor(server);
    alice = await server.signIn('alice', 'Alice', undefined, issuer);
  });
  afterEach(async () => {
    await server.stop();
    await provider.stop();
  });

  /** A form of the page, as Alice’s browser sends it. */
  const send = (form: Readonly<Record<string, string>>, who = alice): Promise<Told> => {
    const { cookie = '', 'x-csrf-token': token = '' } = who;
    return server.ask('/pair', { method: 'POST', headers: { cookie }, form: { ...form, csrf_token: token } });
  };
  const page = (path: string, who: Readonly<Record<string, string>> = alice): Promise<Told> =>
    server.ask(path, { headers: { ...who, accept: 'text/html' } });

  it('shows a code of our own, and a link to the page for it', async () => {
    const { user_code, verification_uri, verification_uri_complete } = await sensor.begins();
    expect(verification_uri).toBe('http://rs.test/pair');
    expect(verification_uri_complete).toBe(`http://rs.test/pair?user_code=${user_code}`);
  });

  it('pairs the sensor whose code its owner has typed and compared', async () => {
    const begun = await sensor.begins({ name: '<b>Strap</b>' });
    expect((await page('/')).text).toContain('href="/pair"');
    const typed = await page(`/pair?user_code=${begun.user_code}`);
    expect(typed.text).toContain('Does your sensor show this code?');
    expect(typed.text).toContain(`value="${begun.user_code}"`);
    const comparison = await send({ user_code: begun.user_code.toLowerCase() });
    expect(comparison.status).toBe(200);
    expect(comparison.text).toContain('Connect &lt;b&gt;Strap&lt;/b&gt;');
    expect(comparison.text).toContain(begun.user_code);
    expect(await sensor.errorOf(begun)).toBe('400 authorization_pending');
    const done = await send({ user_code: begun.user_code, answer: 'connect' });
    expect(done.text).toContain('&lt;b&gt;Strap&lt;/b&gt; is connected');
    expect((await send({ user_code: begun.user_code, answer: 'connect' })).text).toBe(done.text);
    server.clock.advanceMs(5_000);
    const paired = (await sensor.polls(begun)).json() as Paired;
    expect((await sensor.sends(paired.credential)).status).toBe(200);
    expect((await server.ask('/api/sensors', { headers: alice })).json()).toMatchObject([{ name: '<b>Strap</b>' }]);
    expect(provider.tokenRequests).toEqual([]);
  });

  it('tells the sensor that was sent away', async () => {
    const begun = await sensor.begins();
    const told = await send({ user_code: begun.user_code, answer: 'cancel' });
    expect(told.text).toContain('Not connected');
    expect(await sensor.errorOf(begun)).toBe('400 access_denied');
  });

  it('says what to do about a code that is wrong, too old or used', async () => {
    const [old, used] = [await sensor.begins(), await sensor.begins()];
    const problemOf = async (user_code: string): Promise<string> => {
      const { status, text } = await send({ user_code, answer: 'connect' });
      return `${status} ${/role="alert"[^>]*>([^<]*)</.exec(text)?.[1] ?? ''}`;
    };
    expect(await problemOf(' ')).toBe('400 Type the code first.');
    expect(await problemOf('BBBB-BBBB')).toContain('400 This code is not known here.');
    await send({ user_code: used.user_code, answer: 'cancel' });
    expect(await problemOf(used.user_code)).toContain('400 This code was used already.');
    server.clock.advanceMs(600_000);
    expect(await problemOf(old.user_code)).toContain('400 This code is too old.');
    for (let guess = 0; guess < 10; guess++) await problemOf('BBBB-BBBB');
    expect(await problemOf('BBBB-BBBB')).toContain('429 Too many codes were wrong.');
  });

  it('is for owners who are signed in, and for forms of its own', async () => {
    const { user_code } = await sensor.begins();
    const stranger = await page(`/pair?user_code=${user_code}`, {});
    expect(stranger.status).toBe(303);
    expect(stranger.headers['location']).toBe(`/login?returnTo=${encodeURIComponent(`/pair?user_code=${user_code}`)}`);
    const form = { user_code, answer: 'connect' };
    expect((await send(form, { ...alice, 'x-csrf-token': 'guessed' })).status).toBe(403);
    expect((await send(form, {})).status).toBe(401);
    expect((await send({ ...form, answer: 'perhaps' })).status).toBe(400);
    expect((await send({ user_code })).text).toContain('Is it your sensor?');
  });

  it('protects its pages: no scripts, no frames, forms only to itself, never stored', async () => {
    const { user_code } = await sensor.begins();
    for (const told of [await page('/pair'), await send({ user_code }), await send({ user_code: 'B' })]) {
      expect(told.headers['content-security-policy']).toContain("default-src 'none'");
      expect(told.headers['content-security-policy']).toContain("form-action 'self'");
      expect(told.headers['cache-control']).toBe('no-store');
      expect(told.text).not.toMatch(/<script|<style|style=| on\w+=/);
    }
  });

  it('says when the authorization server cannot be asked whether it has devices', async () => {
    await provider.stop();
    expect(errorIn(await sensor.asks())).toBe('503 temporarily_unavailable');
    await provider.listen();
  });
});
