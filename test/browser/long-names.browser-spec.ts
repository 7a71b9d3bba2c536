import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { PEOPLE } from '../support/authorization-server.js';
import { accessibilityFaults, launchBrowser, overflow } from '../support/browser.js';
import { type TestClient, UmaWorld } from '../support/uma-world.js';

const NAME = 'https://fhir.clinic.example.org/Patient/0123456789abcdef/Observation';
const SCOPE = 'http://hl7.org/fhir/scopes/patient/Observation.read?category=vital-signs';
const UNBROKEN = 'x'.repeat(120);
const CLAIMS_CALLBACK = 'http://127.0.0.1:9/claims/cb';
const PHONE = { width: 360, height: 720 };
const WIDE = { width: 1024, height: 720 };

/** Pictures of every page, for people to look at: gone with the test run, unless they are wanted somewhere. */
const PICTURES = process.env['LONG_NAMES_PICTURES'] ?? join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', 'long-names');

describe('pages with names that have no place to break', () => {
  let world: UmaWorld;
  let browser: Browser;
  let client: TestClient;
  let resource: string;
  let page: Page;
  beforeAll(async () => {
    [world, browser] = [await UmaWorld.start('sqlite', '', { administrators: ['alice'] }), await launchBrowser()];
    client = await world.registerClient({
      client_name: UNBROKEN,
      grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
      claims_redirect_uris: [CLAIMS_CALLBACK],
    });
    resource = await world.register({ name: NAME, resource_scopes: [SCOPE] });
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });
  beforeEach(async () => {
    const context = await browser.newContext({ viewport: PHONE, locale: 'en-GB' });
    context.setDefaultTimeout(20_000);
    page = await context.newPage();
  });
  afterEach(() => page.context().close());

  const signIn = async (username: string): Promise<void> => {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(PEOPLE.find((person) => person.username === username)?.password ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  /** What can be pressed or filled in, and runs out of the box that it stands in. */
  const cutOff = (): Promise<readonly string[]> =>
    page.evaluate<
      string[]
    >(`[...document.querySelectorAll('main button, main input:not([type=hidden]), main h1, main h3')]
      .filter((thing) => thing.checkVisibility() && !thing.closest('.visually-hidden'))
      .filter((thing) => {
        const [inner, card] = [thing, thing.closest('.card') ?? document.body].map((one) => one.getBoundingClientRect());
        return inner.left < card.left || inner.right > card.right || thing.scrollWidth > thing.clientWidth + 1;
      })
      .map((thing) => thing.textContent)`);
  const expectWhole = async (name: string): Promise<void> => {
    for (const viewport of [WIDE, PHONE]) {
      await page.setViewportSize(viewport);
      await page.screenshot({ path: join(PICTURES, `${name}-${viewport.width}.png`), fullPage: true });
      const sight = { name, ...viewport, overflow: await overflow(page), cutOff: await cutOff() };
      expect(sight).toEqual({ name, ...viewport, overflow: 0, cutOff: [] });
    }
    expect(await accessibilityFaults(page)).toEqual([]);
  };

  it('fit on a phone: what an owner shares, and with whom', async () => {
    await world.share(resource, [SCOPE], { grantee: { issuer: `https://${'i'.repeat(60)}.test`, subject: UNBROKEN } });
    await world.share(resource, [SCOPE], { clients: [client.id] });
    await world.register({ name: 'Heart rate', resource_scopes: ['heart-rate:read'] });
    const token = await world.accessToken(world.rs1, 'alice', 'openid sharing');
    await world.call('PATCH', '/api/settings', { token, json: { acceptsRequests: true } });
    const ticket = await world.ticketFor(resource, SCOPE);
    expect((await world.redeemAs('carol', ticket, {}, client)).body['error']).toBe('request_submitted');
    await page.goto(`${world.issuer}/account?resource=${resource}`);
    await signIn('alice');
    await page.getByText('Allow only…').click();
    await page.getByText('More choices').first().click();
    await expectWhole('account');
  });

  it('fit on a phone: an app that wants to know who somebody is', async () => {
    const query = new URLSearchParams({
      ...{ client_id: client.id, response_type: 'code', scope: 'openid', redirect_uri: 'http://127.0.0.1:9/callback' },
      ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
    });
    await page.goto(`${world.issuer}/authorize?${query.toString()}`);
    await expectWhole('sign-in');
    await signIn('bob');
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    await expectWhole('consent');
  });

  it('fit on a phone: an app for which somebody says who they are', async () => {
    const shared = await world.register({ name: NAME, resource_scopes: [SCOPE] });
    await world.shareWith({ kind: 'email', email: 'bob@example.org' }, shared, { scopes: [SCOPE] });
    const ticket = await world.ticketFor(shared, SCOPE);
    const query = new URLSearchParams({ client_id: client.id, claims_redirect_uri: CLAIMS_CALLBACK, ticket });
    await page.goto(`${world.issuer}/uma/claims?${query.toString()}`);
    await signIn('bob');
    await page.getByRole('button', { name: 'Continue' }).waitFor();
    await expectWhole('claims');
  });

  it.each(['accounts', 'resources', 'scope-policies'])(
    'leave everything of a list within reach of an administrator with a phone: %s',
    async (list) => {
      await page.goto(`${world.issuer}/admin/${list}`);
      await signIn('alice');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.goto(`${world.issuer}/admin/${list}`);
      await expectWhole(`admin-${list}`);
    },
  );
});
