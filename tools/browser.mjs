// Finds the browser that the browser tests drive; on Debian as root it installs one.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function executable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of an installed Chromium or Chrome, or undefined. */
export function findBrowser() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [
    process.env.CHROMIUM_PATH,
    ...candidates,
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((file) => file !== undefined && executable(file));
}

/** The path of a browser, installed first where that is possible. @throws Error that says exactly what is missing */
export function provideBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    const apt = (...words) => spawnSync('apt-get', [...words], { stdio: ['ignore', 'ignore', 'inherit'] });
    process.stdout.write('Installing Chromium for the browser tests (apt-get install chromium)…\n');
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  }
  const installed = findBrowser();
  if (installed !== undefined) return installed;
  throw new Error(
    'The browser tests need Chromium or Chrome and none was found. Install it (Debian: apt-get install chromium) ' +
      'or name the executable in CHROMIUM_PATH.',
  );
}
