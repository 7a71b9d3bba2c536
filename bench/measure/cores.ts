import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where servers and the load generator run. */
export interface Cores {
  /** The core of every server; nothing when processes run wherever the system puts them. */
  readonly server: number | undefined;
  readonly load: number | undefined;
  /** Said with the results. */
  readonly inWords: string;
}

/** Chooses one core for the servers and another for the load generator, where processes can be tied to cores. */
export function chooseCores(): Cores {
  const allowed = allowedCores();
  if (!hasTaskset()) return unpinned('servers and load share all cores: there is no taskset here');
  const [load] = allowed;
  if (load === undefined || allowed.length < 2) return unpinned('servers and load share the one core there is');
  const siblings = siblingsOf(load);
  const server = allowed.find((core) => !siblings.includes(core)) ?? allowed[1];
  return { server, load, inWords: `servers on core ${server}, load on core ${load}` };
}

/** The words that start a command on a core. */
export function onCore(core: number | undefined): readonly string[] {
  return core === undefined ? [] : ['taskset', '-c', String(core)];
}

/** Ties a process that runs to a core; those that it starts from then on are tied with it. */
export function tieToCore(pid: number, core: number | undefined): void {
  if (core !== undefined) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

/** A list as Linux writes it: `0-3,8`. */
export function coresOf(list: string): readonly number[] {
  return list.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    return first === undefined
      ? []
      : Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  });
}

function unpinned(inWords: string): Cores {
  return { server: undefined, load: undefined, inWords };
}

function hasTaskset(): boolean {
  return spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;
}

function allowedCores(): readonly number[] {
  return coresOf(/^Cpus_allowed_list:\s*(\S+)$/m.exec(textOf('/proc/self/status'))?.[1] ?? '');
}

/** Cores that are the same piece of hardware as this one. */
function siblingsOf(core: number): readonly number[] {
  return [core, ...coresOf(textOf(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`))];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
