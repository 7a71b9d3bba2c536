import { readdirSync, readFileSync } from 'node:fs';

import type { Meter, Reading } from './meter.js';

const TICKS_PER_SECOND = 100;

/**
 * Reads what a process and its children have used from `/proc`; for servers that are not ours to look into.
 *
 * @throws Error where there is no `/proc`
 */
export function processTreeMeter(pid: number): Meter {
  return () => Promise.resolve(sumOf(treeOf(pid).map(readingOf)));
}

/** Reads what several have used together, as one. */
export function sumOfMeters(...meters: readonly Meter[]): Meter {
  return async () => sumOf(await Promise.all(meters.map((meter) => meter())));
}

function sumOf(readings: readonly Reading[]): Reading {
  return {
    cpuMicros: readings.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0),
    busyMs: readings.reduce((sum, { busyMs }) => sum + busyMs, 0),
  };
}

/** A process and its children, and theirs. */
export function treeOf(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}

function readingOf(pid: number): Reading {
  return { cpuMicros: cpuMicrosOf(readFileSync(`/proc/${pid}/stat`, 'utf8')), busyMs: busyMsOf(pid) };
}

/** User and system time, in a line of `/proc/PID/stat`; the name of the program may hold anything. */
export function cpuMicrosOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / TICKS_PER_SECOND;
}

/** Time on the core and time in the queue for it, of all threads that live. */
function busyMsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' '))
    .reduce((sum, [ran, waited]) => sum + (Number(ran) + Number(waited)) / 1_000_000, 0);
}
