import { existsSync, readFileSync } from 'node:fs';

import { type Browser, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The network is off: nothing but this machine can be reached.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/**
 * Starts Chromium with a new profile: the one that `CHROMIUM_PATH` names, else Debian's.
 *
 * @throws Error when there is none
 */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(`There is no browser at ${executablePath}: install Chromium, or name it in CHROMIUM_PATH.`);
  }
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A serious fault of a page for people who use it with a keyboard, a screen reader or tired eyes. */
export interface AccessibilityFault {
  readonly rule: string;
  readonly impact: string;
  /** Selectors of what is at fault. */
  readonly where: readonly string[];
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact?: string | null;
    readonly nodes: readonly { readonly target: readonly unknown[] }[];
  }[];
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on a page that is serious or critical. */
export async function accessibilityFaults(page: Page): Promise<readonly AccessibilityFault[]> {
  await page.evaluate(AXE); // not as a script of the page: its content security policy would stop that
  const results = await page.evaluate<AxeResults>('axe.run(document)');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      where: nodes.map(({ target }) => target.map(String).join(' ')),
    }));
}

/** By how many pixels a page is wider than its window: then it scrolls sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
