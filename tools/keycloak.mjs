// Gets a real Keycloak from Maven Central (160 MB, into .data/keycloak) and runs it, to measure and to compare.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { freePort } from './free-port.mjs';

/** What is run when no other version is asked for; it needs Java 17 or newer. */
export const KEYCLOAK_VERSION = '26.7.0';

const FOLDER = resolve('.data', 'keycloak');
const LONGEST_START_MS = 180_000;

/**
 * Downloads and unpacks Keycloak unless that was done before.
 *
 * @returns its folder
 * @throws Error that says what is missing
 */
export async function provideKeycloak(version = KEYCLOAK_VERSION, say = console.error) {
  const home = join(FOLDER, `keycloak-${version}`);
  if (existsSync(home)) return home;
  mkdirSync(FOLDER, { recursive: true });
  const archive = `keycloak-quarkus-dist-${version}.tar.gz`;
  say(`Getting Keycloak ${version} from Maven Central…`);
  await download(version, archive);
  const unpacked = `${home}.new`;
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked);
  run('tar', ['xzf', join(FOLDER, archive), '-C', unpacked, '--strip-components=1']);
  rmSync(join(FOLDER, archive));
  renameSync(unpacked, home);
  return home;
}

/**
 * Starts Keycloak on a free port of loopback, with an empty database and an administrator of its own.
 *
 * @returns `{ base, admin: { username, password }, stop }`
 * @throws Error with its last words when it does not start
 */
export async function startKeycloak(home) {
  const [port, managementPort] = [await freePort(), await freePort()];
  const admin = { username: 'admin', password: randomBytes(24).toString('base64url') };
  rmSync(join(home, 'data'), { recursive: true, force: true });
  const words = [`--http-port=${port}`, `--http-management-port=${managementPort}`, '--log-level=warn'];
  const child = spawn(join(home, 'bin', 'kc.sh'), ['start-dev', '--http-host=127.0.0.1', ...words], {
    env: {
      ...process.env,
      KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The script starts Java as a child of its own: both are ended by ending the group.
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (words_) => (said += words_));
  const kill = () => end(child);
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, 'close');
  };
  const base = `http://127.0.0.1:${port}`;
  for (const late = Date.now() + LONGEST_START_MS; !(await isUp(base)); await setTimeout(500)) {
    if (child.exitCode === null && Date.now() < late) continue;
    await stop();
    throw new Error(`Keycloak did not start. It needs Java 17 or newer. It said: ${said.slice(-600)}`);
  }
  return { base, admin, stop };
}

function end(child) {
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

async function isUp(base) {
  try {
    return (await fetch(`${base}/realms/master`)).ok;
  } catch {
    return false;
  }
}

/** By Maven where it is there, which knows the mirrors of the place; else from Maven Central itself. */
async function download(version, archive) {
  if (spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status === 0) {
    const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`;
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
    run('mvn', ['-q', '-B', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${FOLDER}`]);
    return;
  }
  const url = `https://repo1.maven.org/maven2/org/keycloak/keycloak-quarkus-dist/${version}/${archive}`;
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  await writeFile(join(FOLDER, archive), answer.body);
}

function run(command, words) {
  const { status, error } = spawnSync(command, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} failed${error === undefined ? '' : `: ${error.message}`}.`);
}
