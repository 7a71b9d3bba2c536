import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { accessibilityFaults, launchBrowser, overflow } from '../support/browser.js';
import { ClientApplication } from '../support/client-application.js';

const WEB_FOLDER = join(__dirname, '../../dist/web/client');
const PICTURES = process.env['VIEWER_PICTURES'] ?? join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', 'viewer');

describe('what the owner’s server asks of a person, in their browser', () => {
  let browser: Browser;
  let client: ClientApplication;
  let page: Page;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    client = await ClientApplication.start('sqlite', { webFolder: WEB_FOLDER });
    client.provider.person = { sub: 'bob', name: 'Bob Stone' };
    const beat = { heartRate: 72, recordedAt: new Date(client.clock.nowMs()).toISOString() };
    client.hearts.bodies.set('/resources/1/heart-rate/latest', beat);
    client.hearts.bodies.set('/resources/1/heart-rate', { samples: [beat] });
    const look = { colorScheme: 'dark', viewport: { width: 360, height: 640 } } as const;
    page = await (await browser.newContext(look)).newPage();
    await page.goto(`${client.baseUrl}/login?returnTo=/`);
  });
  afterEach(async () => {
    await page.context().close();
    await client.stop();
  });

  const as = () => client.world.as;
  const open = () => page.goto(`${client.baseUrl}/open?resource=${encodeURIComponent(client.heart)}`);
  const needsEmail = (): void => {
    const required_claims = [{ name: 'email', friendly_name: 'E-mail address' }];
    as().needInfo({ required_claims, redirect_user: `${as().issuer}/uma/claims` });
  };
  const heading = (title: string) => page.getByRole('heading', { level: 1, name: title });

  it('is given there, and the heart is seen back here', async () => {
    needsEmail();
    await open();
    await page.getByText('E-mail address').waitFor();
    needsEmail();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByTestId('heart-rate').filter({ hasText: '72' }).waitFor();
    expect(as().interactions).toHaveLength(1);
    expect(new URL(page.url()).pathname).toBe('/open');
  });

  it('is waited for, and can be given up', async () => {
    as().askOwner();
    await open();
    await heading('The owner was asked').waitFor();
    await page.reload();
    await heading('The owner was asked').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await heading('You do not wait for this any more').waitFor();
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByTestId('heart-rate').filter({ hasText: '72' }).waitFor();
  });

  it('shows the heart by itself when the owner agrees', async () => {
    as().askOwner({ interval: 1 });
    await open();
    await heading('The owner was asked').waitFor();
    await client.pass(1_000);
    await page.getByTestId('heart-rate').filter({ hasText: '72' }).waitFor();
  });

  it.each([
    ['out-of-turn', 'state=wrong&ticket=t', 'This page was opened out of turn', 'To Pulse Viewer'],
    ['said-no', 'error=access_denied', 'You told the owner’s server nothing', 'Try again'],
  ])('leads to a page that can be read when it goes wrong: %s', async (name, query, title, action) => {
    needsEmail();
    await open();
    needsEmail();
    // The owner's server is a page that stays, so that the test comes back in its place.
    as().override = ({ path }) => (path.startsWith('/uma/claims') ? { status: 200, body: 'Tell me.' } : undefined);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Tell me.').waitFor();
    const state = new URL(page.url()).searchParams.get('state') ?? '';
    await page.goto(`${client.baseUrl}/claimCallback?${query}${query.startsWith('state') ? '' : `&state=${state}`}`);
    await heading(title).waitFor();
    await page.getByRole('link', { name: action }).waitFor();
    await page.screenshot({ path: join(PICTURES, `claims-${name}.png`), fullPage: true });
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });
});
