// Gets a real Keycloak from Maven Central (160 MB, into .data/keycloak) and runs it, to measure and to compare.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';

import { freePort } from './free-port.mjs';

/** What is run when no other version is asked for; it needs Java 17 or newer. */
export const KEYCLOAK_VERSION = '26.7.0';
/** SHA-512 of its archive. */
const KEYCLOAK_SHA512 =
  'e9b5e902fc8217571defc828e1e640870877cbc32ba2c9f07dc27156e2c84f45e784b9e43b7003b254be3ebdea0481d3d1260242824adaac5503c01acc472b53';

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
  const published = await download(version, archive);
  await check(join(FOLDER, archive), version === KEYCLOAK_VERSION ? KEYCLOAK_SHA512 : published);
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
  // The loop below tells why there is no process.
  let failure;
  child.once('error', (error) => (failure = error));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (words_) => (said += words_));
  const kill = () => end(child);
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, 'close');
  };
  const base = `http://127.0.0.1:${port}`;
  for (const late = Date.now() + LONGEST_START_MS; !(await isUp(base)); await setTimeout(500)) {
    const isRunning = failure === undefined && child.exitCode === null && child.signalCode === null;
    if (isRunning && Date.now() < late) continue;
    await stop();
    if (failure !== undefined) throw new Error(`Keycloak cannot be run: ${failure.message}.`);
    throw new Error(`Keycloak did not start. It needs Java 17 or newer. It said: ${said.slice(-600)}`);
  }
  return { base, admin, stop };
}

function end(child) {
  if (child.pid === undefined) return;
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

/**
 * By Maven where it is there, which knows the mirrors of the place and checks what it gets; else from Maven Central itself.
 *
 * @returns the SHA-512 that Maven Central publishes beside the archive; nothing when Maven has compared it
 */
async function download(version, archive) {
  if (spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status === 0) {
    const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`;
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
    run('mvn', ['-q', '-B', '--strict-checksums', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${FOLDER}`]);
    return;
  }
  const url = `https://repo1.maven.org/maven2/org/keycloak/keycloak-quarkus-dist/${version}/${archive}`;
  await writeFile(join(FOLDER, archive), (await get(url)).body);
  return (await (await get(`${url}.sha512`)).text()).trim().split(/\s/)[0];
}

async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  return answer;
}

/** @throws Error when a file is not the expected one; it is gone then */
async function check(file, sha512) {
  if (sha512 === undefined) return;
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') === sha512.toLowerCase()) return;
  rmSync(file);
  throw new Error('What was downloaded is not the Keycloak that is expected: its SHA-512 differs.');
}

function run(command, words) {
  const { status, signal, error } = spawnSync(command, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (error !== undefined) throw new Error(`${command} cannot be run: ${error.message}.`);
  if (status !== 0) throw new Error(`${command} failed: ${signal ?? `exit status ${status}`}.`);
}
