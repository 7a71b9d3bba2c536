import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

import type { AccessState } from '../../src/client/access-view.js';
import { accessibilityFaults, launchBrowser, overflow } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { FakeClientApi } from '../support/fake-client-api.js';

const RESOURCE = 'http://localhost:4000/resources/1/heart-rate';
const WIDE = { look: 'light', colorScheme: 'light', viewport: { width: 1024, height: 720 } } as const;
const PHONE = { look: 'dark, on a phone', colorScheme: 'dark', viewport: { width: 360, height: 720 } } as const;
type Look = typeof WIDE | typeof PHONE;

/** Pictures of every state, for people to look at: gone with the test run, unless they are wanted somewhere. */
const PICTURES = process.env['VIEWER_PICTURES'] ?? join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', 'viewer');
const KIBIBYTE = 1024;

const exercise = (second: number): number => Math.round(95 + 35 * Math.sin(second / 140) + 4 * Math.sin(second / 7));

/** Something that can be seen: how it comes about, and the heading that tells it. */
interface Sight {
  readonly name: string;
  readonly title: string;
  /** Address of the page; the share link when left out. */
  readonly path?: string;
  readonly arrange: (api: FakeClientApi) => void;
  /** What happens once the heart is seen to beat. */
  readonly then?: (api: FakeClientApi) => void;
}

const isState =
  (state: AccessState, wanted: readonly string[] = []) =>
  (api: FakeClientApi): void => {
    Object.assign(api, { state, wanted });
  };
const isBroken =
  (path: string, how: number | 'hang') =>
  ({ broken }: FakeClientApi): void => {
    broken.set(path, how);
  };
const isSignedOut = (api: FakeClientApi): void => {
  api.session = undefined;
};
const beats = (api: FakeClientApi): void => {
  api.beat(900, exercise);
};
const beatLongAgo = (api: FakeClientApi): void => {
  api.beat(300, exercise);
  api.nowMs += 3 * 60 * 60_000;
};
const openedBefore = (api: FakeClientApi): void => {
  api.opened = [1, 2].map((number) => ({
    id: `run-${number}`,
    resource: `http://localhost:4000/resources/${number}/heart-rate`,
    openedAt: new Date(api.nowMs - number * 3_600_000).toISOString(),
  }));
};
const nothing = (): void => undefined;

const BEFORE_ACCESS: readonly Sight[] = [
  { name: 'signed-out', title: 'See the heart that somebody shares with you', arrange: isSignedOut },
  { name: 'unreachable', title: 'Pulse Viewer cannot be reached', arrange: isBroken('/api/session', 503) },
  { name: 'asking', title: 'Asking the owner’s server…', arrange: isBroken('/api/access', 'hang') },
  { name: 'denied', title: 'This is not shared with you', arrange: isState('denied') },
  { name: 'owner-must-agree', title: 'The owner was asked', arrange: isState('owner-must-agree') },
  { name: 'declined', title: 'The owner does not share this with you', arrange: isState('declined') },
  { name: 'unanswered', title: 'The owner did not answer', arrange: isState('unanswered') },
  { name: 'cancelled', title: 'You do not wait for this any more', arrange: isState('cancelled') },
  {
    name: 'claims-needed',
    title: 'The owner’s server needs to know more about you',
    arrange: isState('claims-needed', ['E-mail address', 'Whether a hospital employs you']),
  },
  {
    name: 'need-info',
    title: 'The owner’s server needs to know more about you',
    arrange: isState('need-info', ['E-mail address']),
  },
  { name: 'not-found', title: 'There is nothing behind this link', arrange: isState('not-found') },
  {
    name: 'not-a-link',
    title: 'There is nothing behind this link',
    path: '/open?resource=heart',
    arrange: nothing,
  },
  {
    name: 'not-trusted',
    title: 'This link leads to a server that Pulse Viewer does not work with',
    arrange: isState('not-trusted'),
  },
  {
    name: 'authorization-server-unreachable',
    title: 'The server that decides about sharing cannot be asked',
    arrange: isState('authorization-server-unreachable'),
  },
  {
    name: 'resource-server-unreachable',
    title: 'The server that keeps the heart rate cannot be reached',
    arrange: isState('resource-server-unreachable'),
  },
  { name: 'failed', title: 'The servers did not understand each other', arrange: isState('failed') },
  { name: 'offline', title: 'Pulse Viewer cannot be reached', arrange: isBroken('/api/access', 502) },
];

const WITH_ACCESS: readonly Sight[] = [
  { name: 'waiting', title: 'Waiting for the first heartbeat', arrange: nothing },
  { name: 'live', title: 'Heart rate', arrange: beats },
  { name: 'stale', title: 'Heart rate', arrange: beatLongAgo },
  { name: 'ended', title: 'Sharing ended at 14:20', arrange: beats, then: isState('denied') },
  { name: 'asked-again', title: 'Sharing ended at 14:20', arrange: beats, then: isState('owner-must-agree') },
  { name: 'session-ended', title: 'You are signed out', arrange: beats, then: isSignedOut },
  {
    name: 'interrupted',
    title: 'The server that keeps the heart rate cannot be reached',
    arrange: beats,
    then: isState('resource-server-unreachable'),
  },
];

const OPENER: readonly Sight[] = [
  { name: 'opener', title: 'Open what was shared with you', path: '/', arrange: openedBefore },
  { name: 'opener-empty', title: 'Open what was shared with you', path: '/', arrange: nothing },
  { name: 'opener-failed', title: 'Open what was shared with you', path: '/', arrange: isBroken('/api/access', 500) },
  {
    name: 'opener-loading',
    title: 'Open what was shared with you',
    path: '/',
    arrange: isBroken('/api/access', 'hang'),
  },
  {
    name: 'opener-signed-out',
    title: 'Open what was shared with you',
    path: '/',
    arrange: isBroken('/api/access', 401),
  },
];

describe('the viewer page', () => {
  let browser: Browser;
  let api: FakeClientApi;
  const contexts: BrowserContext[] = [];
  /** What the browser complains of: scripts that throw, and what the content security policy stops. */
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    api = await new FakeClientApi(RESOURCE).start();
    complaints.length = 0;
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await api.stop();
    expect(complaints).toEqual([]);
  });

  /** Opens an address in a browser whose clock the test moves. */
  const open = async (path = api.sharePath, { colorScheme, viewport }: Look = WIDE): Promise<Page> => {
    const context = await browser.newContext({ colorScheme, viewport, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Answers with an error status are part of the play.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load')) complaints.push(message.text());
    });
    await page.clock.install({ time: api.nowMs });
    await page.goto(`${api.origin}${path}`);
    // The page draws itself after it has loaded: a key pressed before that would go nowhere.
    await page.locator('main').waitFor();
    return page;
  };
  const figure = (page: Page) => page.getByTestId('heart-rate');
  /** Waits for something to be seen; the page's timers run meanwhile, a second at a time. */
  const appears = async (page: Page, thing: Locator): Promise<void> => {
    while (!(await thing.isVisible())) await page.clock.runFor(1000);
  };
  const shows = (page: Page, title: string) => appears(page, page.getByRole('heading', { level: 1, name: title }));
  const showsRate = (page: Page, rate: number) => appears(page, figure(page).filter({ hasText: String(rate) }));

  const see = async ({ name, title, path, arrange, then }: Sight, look: Look): Promise<void> => {
    arrange(api);
    const page = await open(path, look);
    if (then !== undefined) {
      await appears(page, figure(page));
      then(api);
    }
    await shows(page, title);
    await page.screenshot({ path: join(PICTURES, `${name}-${look.colorScheme}.png`), fullPage: true });
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  };

  describe.each([WIDE, PHONE])('$look', (look) => {
    it.each(BEFORE_ACCESS)('says what happened when $name', (sight) => see(sight, look));
    it.each(WITH_ACCESS)('is whole when $name', (sight) => see(sight, look));
    it.each(OPENER)('has a place to paste a link when $name', (sight) => see(sight, look));
  });

  describe('while it is open', () => {
    const at = (path: string) => api.asked.filter((asked) => asked.includes(path));

    it('shows every new heartbeat', async () => {
      api.beat(60, () => 64);
      const page = await open();
      await showsRate(page, 64);
      for (const rate of [71, 72]) {
        api.beat(1, () => rate);
        await showsRate(page, rate);
      }
      await page.getByText('lowest 64, average 64, highest 72').waitFor();
      expect(at('/heart-rate?')).toHaveLength(1);
    });

    it.each([
      ['two minutes', 120],
      ['longer than what it shows, and than what is sent at once', 4 * 3600],
    ])('catches up on what came while it slept: %s', async (_howLong, seconds) => {
      api.beat(60, () => 64);
      const page = await open();
      await showsRate(page, 64);
      api.beat(seconds, (second) => (second === seconds - 60 ? 150 : 80));
      await showsRate(page, 80);
      await appears(page, page.getByText('highest 150'));
    });

    it('shows the heart as soon as the sensor sends', async () => {
      const page = await open();
      await shows(page, 'Waiting for the first heartbeat');
      api.beat(1, () => 66);
      await showsRate(page, 66);
    });

    it.each(['authorization-server-unreachable', 'resource-server-unreachable', 'owner-must-agree'] as const)(
      'goes on by itself after %s',
      async (state) => {
        api.beat(60, () => 64);
        api.state = state;
        const page = await open();
        await page
          .getByRole('status')
          .and(page.locator(`[data-status="${state}"]`))
          .waitFor();
        api.state = 'granted';
        await showsRate(page, 64);
      },
    );

    it('goes on by itself when it was offline', async () => {
      api.beat(60, () => 64);
      const page = await open();
      await showsRate(page, 64);
      api.broken.set('/api', 502);
      await shows(page, 'Pulse Viewer cannot be reached');
      expect(await figure(page).textContent()).toBe('64');
      api.broken.clear();
      api.beat(1, () => 65);
      await showsRate(page, 65);
    });

    it('says that there is no new heartbeat when the sensor falls silent', async () => {
      api.beat(60, () => 64);
      const page = await open();
      await page.getByText('live', { exact: true }).waitFor();
      api.nowMs += 20_000;
      await appears(page, page.getByText('no new heartbeat'));
    });

    it('asks no more once sharing has ended, until the person wants to try again', async () => {
      api.beat(60, () => 64);
      const page = await open();
      await showsRate(page, 64);
      api.state = 'denied';
      await shows(page, 'Sharing ended at');
      expect(await figure(page).count()).toBe(0);
      const asked = api.asked.length;
      await page.clock.runFor(60_000);
      expect(api.asked).toHaveLength(asked);
      api.state = 'granted';
      await page.getByRole('button', { name: 'Try again' }).click();
      await showsRate(page, 64);
    });

    describe('and the owner’s server needs to know more', () => {
      beforeEach(() => {
        api.beat(60, () => 64);
        api.state = 'claims-needed';
      });

      it('takes the person there, who comes back to the heart', async () => {
        api.continueAt = `${api.origin}/elsewhere?ticket=t`;
        const page = await open();
        await page.getByRole('button', { name: 'Continue' }).click();
        await page.waitForURL(api.continueAt);
        expect(at('/claims')).toEqual(['POST /api/access/run-1/claims']);
        api.state = 'granted';
        await page.goto(`${api.origin}${api.sharePath}`);
        await showsRate(page, 64);
      });

      it('shows the heart at once where it was shared meanwhile', async () => {
        const page = await open();
        await shows(page, 'The owner’s server needs to know more about you');
        api.state = 'granted';
        await page.getByRole('button', { name: 'Continue' }).click();
        await showsRate(page, 64);
      });

      it('says so when the page’s server cannot be reached', async () => {
        const page = await open();
        await shows(page, 'The owner’s server needs to know more about you');
        api.broken.set('/api/access/run-1/claims', 502);
        await page.getByRole('button', { name: 'Continue' }).click();
        await shows(page, 'Pulse Viewer cannot be reached');
      });

      it('can be continued by keyboard alone', async () => {
        api.continueAt = `${api.origin}/elsewhere`;
        const page = await open();
        await page.getByRole('button', { name: 'Continue' }).focus();
        await page.keyboard.press('Enter');
        await page.waitForURL(api.continueAt);
      });
    });

    describe('and the owner was asked', () => {
      it('shows what she said as soon as she has', async () => {
        api.state = 'owner-must-agree';
        const page = await open();
        await shows(page, 'The owner was asked');
        api.state = 'declined';
        await shows(page, 'The owner does not share this with you');
        const asked = api.asked.length;
        await page.clock.runFor(60_000);
        expect(api.asked).toHaveLength(asked);
      });

      it('opens nothing again while she is waited for', async () => {
        api.state = 'owner-must-agree';
        const page = await open();
        await shows(page, 'The owner was asked');
        const asked = api.asked.length;
        await eventually(async () => {
          await page.clock.runFor(2_000);
          return api.asked.length > asked + 2;
        });
        expect(api.asked.filter((asked) => asked.startsWith('POST'))).toEqual(['POST /api/access']);
      });

      it('is left alone when the person cancels', async () => {
        api.state = 'owner-must-agree';
        const page = await open();
        const cancel = page.getByRole('button', { name: 'Cancel' });
        expect(await cancel.getAttribute('class')).not.toContain('primary');
        await cancel.click();
        await shows(page, 'You do not wait for this any more');
        await page.clock.runFor(60_000);
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('You do not wait for this any more');
      });

      it.each(['declined', 'unanswered', 'cancelled'] as const)(
        'is asked again only when the person wants: %s',
        async (state) => {
          api.state = state;
          const page = await open();
          await page.getByRole('button', { name: 'Ask again' }).waitFor();
          expect(api.askedAgain).toBe(0);
          api.state = 'owner-must-agree';
          await page.getByRole('button', { name: 'Ask again' }).click();
          await shows(page, 'The owner was asked');
          expect(api.askedAgain).toBe(1);
        },
      );

      it('says when sharing ended, and goes on by itself when she shares again', async () => {
        api.beat(60, () => 64);
        const page = await open();
        await showsRate(page, 64);
        api.state = 'owner-must-agree';
        await shows(page, 'Sharing ended at');
        expect(await figure(page).count()).toBe(0);
        api.state = 'granted';
        api.beat(1, () => 65);
        await showsRate(page, 65);
      });

      it('is not asked again by looking once more at a server that was away', async () => {
        api.state = 'authorization-server-unreachable';
        const page = await open();
        await page.getByRole('button', { name: 'Try now' }).click();
        await page.clock.runFor(6_000);
        expect(api.askedAgain).toBe(0);
      });
    });

    it.each(['need-info', 'session-ended'])('sends the person to sign in, and back to the heart: %s', async (name) => {
      if (name === 'need-info') api.state = 'need-info';
      else api.broken.set('/api/access', 401);
      const page = await open();
      const link = page.getByRole('link', { name: 'Sign in again' });
      expect(await link.getAttribute('href')).toBe(`login?returnTo=${encodeURIComponent(api.sharePath)}`);
    });
  });

  describe('a pasted link', () => {
    const paste = async (text: string): Promise<Page> => {
      const page = await open('/');
      await page.getByLabel('The link you were given').fill(text);
      await page.keyboard.press('Enter');
      return page;
    };

    it.each([
      ['a share link of this viewer', `http://localhost:3000/open?resource=${encodeURIComponent(RESOURCE)}`],
      ['the address of the resource itself', ` ${RESOURCE} `],
    ])('is opened: %s', async (_what, text) => {
      api.beat(60, () => 64);
      const page = await paste(text);
      await showsRate(page, 64);
      expect(new URL(page.url()).searchParams.get('resource')).toBe(RESOURCE);
    });

    it.each(['', 'alice', 'javascript:alert(1)', 'http://localhost:3000/open?resource=ftp://x'])(
      'is refused with a word: "%s"',
      async (text) => {
        const page = await paste(text);
        await page.getByRole('alert').getByText('This is no such link').waitFor();
        expect(await page.getByLabel('The link you were given').getAttribute('aria-invalid')).toBe('true');
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(new URL(page.url()).pathname).toBe('/');
      },
    );
  });

  it('can be used by keyboard alone, in the order that it is read', async () => {
    openedBefore(api);
    const page = await open('/');
    await page.getByRole('link', { name: '♥ Heart rate from localhost:4000' }).first().waitFor();
    const reached: string[] = [];
    for (let press = 0; press < 6; press++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate<string>('document.activeElement.textContent || document.activeElement.id'));
    }
    expect(reached.map((text) => text.trim())).toEqual([
      'Skip to the content',
      'Pulse Viewer',
      'Sign out',
      'link',
      'Open',
      '♥ Heart rate from localhost:4000',
    ]);
  });

  it('skips to its content without leaving it', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${api.origin}${api.sharePath}#content`);
  });

  it.each(['br', 'gz'])('sends at most 100 KB of JavaScript, as %s', (encoding) => {
    const folder = join(__dirname, '../../dist/web/client/viewer');
    const scripts = readdirSync(folder).filter((name) => name.endsWith(`.js.${encoding}`));
    const bytes = scripts.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(scripts).not.toEqual([]);
    expect(bytes).toBeLessThanOrEqual(100 * KIBIBYTE);
  });
});
