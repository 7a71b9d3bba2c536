import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { oidcMigrations, type OidcTables } from '../../src/database/authorization-server/oidc.js';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/database.js';
import { migrateToLatest } from '../../src/database/migrate.js';
import { accessibilityFaults, launchBrowser, overflow } from '../support/browser.js';
import { tokenRequest } from '../support/code-flow.js';
import { databaseOptionsFor, deleteDatabase } from '../support/databases.js';
import { ALICE, type OidcApplication, startOidcApplication } from '../support/oidc-application.js';

/** Every page is looked at in each of these. */
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1024, height: 720 } },
  { colorScheme: 'dark', viewport: { width: 1024, height: 720 } },
  { colorScheme: 'light', viewport: { width: 360, height: 720 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 720 } },
] as const;

/** Pictures of every page, for people to look at: gone with the test run, unless they are wanted somewhere. */
const PICTURES = process.env['JOURNEY_PICTURES'] ?? join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', 'device');

const CHEST_STRAP = {
  client_id: 'chest-strap',
  client_name: 'Chest strap',
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'none',
  scope: 'uma_protection offline_access',
};

describe('connecting a device in a browser', () => {
  let place: DatabaseOptions;
  let database: Database<OidcTables>;
  let oidc: OidcApplication;
  let browser: Browser;
  let alice: Page;

  /** Looks at the page in light and dark, wide and on a phone. */
  const expectWellMade = async (name: string): Promise<void> => {
    for (const { colorScheme, viewport } of LOOKS) {
      await alice.emulateMedia({ colorScheme });
      await alice.setViewportSize(viewport);
      const look = `${name}-${colorScheme}-${viewport.width}`;
      await alice.screenshot({ path: join(PICTURES, `device-${look}.png`), fullPage: true });
      expect({ look, faults: await accessibilityFaults(alice) }).toEqual({ look, faults: [] });
      expect({ look, overflow: await overflow(alice) }).toEqual({ look, overflow: 0 });
    }
  };
  const start = async () =>
    (
      await tokenRequest(
        oidc.issuer,
        { client_id: 'chest-strap', scope: CHEST_STRAP.scope },
        null,
        '/device-authorization',
      )
    ).body;
  const press = (name: string) => alice.getByRole('button', { name }).click();

  beforeAll(async () => {
    place = databaseOptionsFor('sqlite', 'device');
    database = await openDatabase<OidcTables>(place);
    await migrateToLatest(database, oidcMigrations);
    [oidc, browser] = await Promise.all([startOidcApplication(database, { clients: [CHEST_STRAP] }), launchBrowser()]);
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    context.setDefaultTimeout(20_000);
    alice = await context.newPage();
  }, 120_000);
  afterAll(async () => {
    await Promise.all([browser.close(), oidc.close()]);
    await database.close();
    await deleteDatabase(place);
  });

  it('Alice types a code that is wrong, then the one that her chest strap shows', async () => {
    const { user_code } = await start();
    await alice.goto(`${oidc.issuer}/device`);
    await expectWellMade('code');
    expect(await alice.evaluate('document.activeElement.id')).toBe('user_code');
    await alice.keyboard.type('bcdf-ghjk');
    await alice.keyboard.press('Enter');
    await alice.getByRole('alert').waitFor();
    await expectWellMade('code-wrong');
    await alice.getByLabel('Code').fill(user_code ?? '');
    await press('Continue');
    await alice.getByRole('heading', { name: 'Connect Chest strap' }).waitFor();
    await expectWellMade('confirmation');
    await press('Continue');
    await alice.getByLabel('Username').fill(ALICE.username);
    await alice.getByLabel('Password').fill(ALICE.password);
    await expectWellMade('sign-in');
    await press('Sign in');
    await alice.getByRole('heading', { name: 'Chest strap wants to' }).waitFor();
    await expectWellMade('consent');
    await press('Allow');
    await alice.getByRole('heading', { name: 'Chest strap is connected' }).waitFor();
    await expectWellMade('connected');
  });

  it('she follows the link of a second one, and nothing is sent before she has compared the code', async () => {
    const { user_code, verification_uri_complete } = await start();
    await alice.goto(verification_uri_complete ?? '');
    await alice.getByText('Does your device show this code?').waitFor();
    expect(await alice.getByLabel('Code').inputValue()).toBe(user_code);
    await expectWellMade('link');
    await press('Continue');
    await press('Cancel');
    await alice.getByRole('heading', { name: 'Not connected' }).waitFor();
    await expectWellMade('cancelled');
  });

  it('she is told what to do on a page that is no longer valid', async () => {
    await alice.goto(`${oidc.issuer}/device`);
    await alice.context().clearCookies();
    await alice.getByLabel('Code').fill('BCDF-GHJK');
    await press('Continue');
    await alice.getByRole('link', { name: 'Type the code' }).waitFor();
    await expectWellMade('stranger');
  });
});
