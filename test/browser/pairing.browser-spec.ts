import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import { accessibilityFaults, launchBrowser, overflow } from '../support/browser.js';
import { FakeOpenIdProvider } from '../support/fake-openid-provider.js';
import { ResourceServerApplication } from '../support/resource-server-application.js';

/** Every page is looked at in each of these. */
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1024, height: 720 } },
  { colorScheme: 'dark', viewport: { width: 1024, height: 720 } },
  { colorScheme: 'light', viewport: { width: 360, height: 720 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 720 } },
] as const;

/** Pictures of every page, for people to look at: gone with the test run, unless they are wanted somewhere. */
const PICTURES = process.env['JOURNEY_PICTURES'] ?? join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', 'pairing');

/** As long as a name can be, and without a place to break it. */
const NAME = `Strap${'x'.repeat(95)}`;

describe('pairing a sensor in a browser', () => {
  let provider: FakeOpenIdProvider;
  let server: ResourceServerApplication;
  let browser: Browser;
  let alice: Page;
  let home: string;

  /** Looks at the page in light and dark, wide and on a phone. */
  const expectWellMade = async (name: string): Promise<void> => {
    for (const { colorScheme, viewport } of LOOKS) {
      await alice.emulateMedia({ colorScheme });
      await alice.setViewportSize(viewport);
      const look = `${name}-${colorScheme}-${viewport.width}`;
      await alice.screenshot({ path: join(PICTURES, `pairing-${look}.png`), fullPage: true });
      expect({ look, faults: await accessibilityFaults(alice) }).toEqual({ look, faults: [] });
      expect({ look, overflow: await overflow(alice) }).toEqual({ look, overflow: 0 });
    }
  };
  const begin = async (): Promise<{ user_code: string; device_code: string; qr_svg: string }> =>
    (await server.ask('/api/pairings', { method: 'POST', json: { name: NAME } })).json() as never;
  const press = (name: string) => alice.getByRole('button', { name, exact: true }).click();

  beforeAll(async () => {
    provider = await FakeOpenIdProvider.start(new FixedClock(Date.now()));
    const { issuer, clientId, clientSecret } = provider;
    const main = { issuer, clientId, clientSecret: new Secret(clientSecret) };
    server = await ResourceServerApplication.start('sqlite', { authorizationServers: [main] });
    home = await server.app.getUrl();
    browser = await launchBrowser();
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    context.setDefaultTimeout(20_000);
    const [name = '', value = ''] = (await server.signIn('alice', 'Alice', undefined, issuer)).cookie.split('=');
    await context.addCookies([{ name, value, url: home }]);
    alice = await context.newPage();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await Promise.all([server.stop(), provider.stop()]);
  });

  it('Alice types a code that is wrong, then the one that her sensor shows', async () => {
    const { user_code, device_code } = await begin();
    await alice.goto(home);
    await expectWellMade('home');
    await alice.getByRole('link', { name: 'Type the code' }).click();
    await expectWellMade('code');
    await alice.keyboard.type('bbbb-bbbb');
    await alice.keyboard.press('Enter');
    expect(await alice.getByRole('alert').textContent()).toContain('This code is not known here.');
    await expectWellMade('wrong');
    await alice.getByLabel('Code').fill(user_code);
    await press('Continue');
    expect(await alice.getByRole('heading', { level: 1 }).textContent()).toContain('Connect Strap');
    await expectWellMade('comparison');
    await press('Connect');
    expect(await alice.getByRole('heading', { level: 1 }).textContent()).toContain('is connected');
    await expectWellMade('connected');
    await server.ask('/api/pairings/token', { method: 'POST', json: { device_code } });
    await alice.getByRole('link', { name: 'My heart' }).click();
    expect(await alice.getByText(NAME, { exact: true }).first().isVisible()).toBe(true);
  });

  it('Alice follows the link, and cancels', async () => {
    const { user_code } = await begin();
    await alice.goto(`${home}/pair?user_code=${user_code}`);
    await expectWellMade('link');
    await press('Continue');
    await press('Cancel');
    await expectWellMade('cancelled');
  });

  it('shows the link as a picture', async () => {
    await alice.setContent((await begin()).qr_svg);
    await alice.setViewportSize({ width: 400, height: 400 });
    await alice.screenshot({ path: join(PICTURES, 'pairing-qr.png') });
    expect(await alice.locator('svg path').count()).toBeGreaterThan(0);
  });
});
