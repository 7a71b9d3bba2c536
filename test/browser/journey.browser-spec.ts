import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { Stack } from '../support/boot-stack.js';
import { accessibilityFaults, launchBrowser, overflow } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { FakeSensor } from '../support/fake-sensor.js';

/** Every page is looked at in each of these. */
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1024, height: 720 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 720 } },
] as const;

/** Pictures of every page, for people to look at: gone with the test run, unless they are wanted somewhere. */
const PICTURES = process.env['JOURNEY_PICTURES'] ?? join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', 'journey');

describe('the journey of Alice and Bob through the built servers', () => {
  let stack: Stack;
  let browser: Browser;
  let sensor: FakeSensor;
  let alice: Page;
  let bob: Page;

  /** Somebody's window, with cookies of its own. */
  const window = async (): Promise<Page> => {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce', // a colour on its way to another one is no colour of the page
    });
    context.setDefaultTimeout(20_000);
    return context.newPage();
  };
  const shareLink = (): string => `${stack.world.client}/open?resource=${encodeURIComponent(stack.seeded.resource)}`;
  const measure = async (heartRate: number): Promise<void> => {
    const answer = await sensor.send({ heartRate, timestamp: new Date().toISOString() });
    expect(answer).toEqual({ stored: 1, duplicate: 0, refused: 0 });
  };
  /** Looks at a page in light and dark, wide and on a phone. */
  const expectWellMade = async (page: Page, name: string): Promise<void> => {
    for (const { colorScheme, viewport } of LOOKS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
      expect({ name, colorScheme, faults: await accessibilityFaults(page) }).toEqual({ name, colorScheme, faults: [] });
      expect({ name, colorScheme, overflow: await overflow(page) }).toEqual({ name, colorScheme, overflow: 0 });
    }
  };
  const fillInSignIn = async (page: Page, username: string, password = 'demo'): Promise<void> => {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  beforeAll(async () => {
    [stack, browser] = await Promise.all([
      Stack.start('sqlite', { INTROSPECTION_CACHE_SECONDS: '0' }),
      launchBrowser(),
    ]);
    sensor = await FakeSensor.connect(stack.world.resourceServer, stack.seeded.chestStrap);
    [alice, bob] = [await window(), await window()];
  }, 120_000);
  afterAll(async () => {
    sensor.leave();
    await Promise.all([browser.close(), stack.stop()]);
  });

  it('Alice signs in where her heart rate is kept, and allows what it needs', async () => {
    await alice.goto(stack.world.resourceServer);
    await expectWellMade(alice, 'welcome');
    await alice.getByRole('link', { name: 'Sign in' }).click();
    await alice.getByLabel('Username').waitFor();
    await expectWellMade(alice, 'sign-in');
    await fillInSignIn(alice, 'alice', 'wrong');
    await alice.getByRole('alert').waitFor();
    await expectWellMade(alice, 'sign-in-refused');
    await fillInSignIn(alice, 'alice');
    await alice.getByRole('heading', { name: 'Heart Service wants to' }).waitFor();
    await expectWellMade(alice, 'consent');
    await alice.getByRole('button', { name: 'Allow' }).click();
    await alice.getByRole('heading', { name: 'Your heart rate' }).waitFor();
    await alice.getByRole('listitem').filter({ hasText: 'Chest strap' }).waitFor();
    await expectWellMade(alice, 'my-heart-empty');
  });

  it('she sees her own heart beat', async () => {
    await measure(64);
    await alice.getByRole('link', { name: 'Show the newest' }).click();
    await alice.getByText('64 bpm').waitFor();
    await expectWellMade(alice, 'my-heart');
  });

  it('she adds a sensor, whose credential she is shown once', async () => {
    await alice.getByLabel('Add a sensor').fill('Watch');
    await alice.getByRole('button', { name: 'Add' }).click();
    await alice.getByRole('heading', { name: 'Watch was added' }).waitFor();
    await expectWellMade(alice, 'sensor-added');
    await alice.getByRole('link', { name: 'Done' }).click();
    await alice.getByRole('listitem').filter({ hasText: 'Watch' }).waitFor();
    await alice.getByRole('button', { name: 'Disconnect Watch' }).click();
    await alice.getByRole('listitem').filter({ hasText: 'Watch' }).waitFor({ state: 'detached' });
  });

  it('she sees with whom she shares, without signing in again', async () => {
    await alice.getByRole('link', { name: 'Share…' }).click();
    await alice.getByRole('heading', { name: 'Bob Stone' }).waitFor();
    await expectWellMade(alice, 'account');
  });

  it('Bob opens her link, signs in, and sees her heart beat', async () => {
    await bob.goto(shareLink());
    await bob.getByRole('link', { name: 'Sign in' }).click();
    await fillInSignIn(bob, 'bob');
    await bob.getByRole('heading', { name: 'wants to' }).waitFor();
    await expectWellMade(bob, 'consent-of-bob');
    await bob.getByRole('button', { name: 'Allow' }).click();
    const figure = bob.getByTestId('heart-rate');
    await figure.filter({ hasText: '64' }).waitFor();
    for (const heartRate of [71, 72]) {
      await measure(heartRate);
      await figure.filter({ hasText: String(heartRate) }).waitFor();
    }
    await expectWellMade(bob, 'viewer');
  });

  it('Carol opens the same link and has to wait for Alice, who says no', async () => {
    const carol = await window();
    await carol.goto(shareLink());
    await carol.getByRole('link', { name: 'Sign in' }).click();
    await fillInSignIn(carol, 'carol');
    await carol.getByRole('button', { name: 'Allow' }).click();
    const wish = alice.getByRole('heading', { name: 'Carol Reed asks for' });
    await eventually(async () => {
      await alice.reload();
      return (await wish.count()) > 0;
    });
    await alice.getByText('Allow only…').click();
    await expectWellMade(alice, 'account-request');
    expect(await carol.getByTestId('heart-rate').count()).toBe(0);
    await alice.getByRole('button', { name: 'No to Carol Reed' }).click();
    await alice.getByText('You said no to Carol Reed').waitFor();
    await carol.getByRole('heading', { name: 'The owner does not share this with you' }).waitFor();
    await expectWellMade(carol, 'declined');
    await carol.context().close();
  });

  it('Alice stops sharing, and Bob’s page says so', async () => {
    await alice.getByRole('button', { name: 'Stop sharing with Bob Stone' }).click();
    await alice.getByText('You share with nobody.').waitFor();
    await expectWellMade(alice, 'account-after');
    await bob.getByRole('heading', { name: 'Sharing ended' }).waitFor();
    await measure(80);
    expect(await bob.getByText('80').count()).toBe(0);
    await expectWellMade(bob, 'ended');
  });
});
