import type { Line, Run } from '../line.js';
import type { Entry } from '../report/entry.js';
import type { Cores } from './cores.js';
import { Load } from './load.js';
import { LONGEST_LINE_MS, timetable, TO_STOP_MS } from './timetable.js';

/** What a line is measured with, as far as it is the caller's. */
export interface Surroundings {
  readonly repository: string;
  readonly folder: string;
  readonly cores: Cores;
  readonly rounds: number;
  readonly seconds: number | undefined;
}

/** Measures one line and puts everything away that was started for it. */
export async function measureLine(line: Line, surroundings: Surroundings): Promise<readonly Entry[]> {
  const { repository, folder, cores, rounds, seconds } = surroundings;
  const end = performance.now() + LONGEST_LINE_MS - TO_STOP_MS;
  const leftMs = (): number => end - performance.now();
  const sliceMs = seconds === undefined ? undefined : seconds * 1000;
  const endings: (() => Promise<unknown>)[] = [];
  const load = await Load.start(folder, cores.load);
  endings.push(() => load.stop());
  const run: Run = {
    repository,
    folder,
    cores,
    load,
    plan: (contenders) => timetable({ rounds, sliceMs, contenders, leftMs }),
    leftMs,
    later: (ending) => void endings.push(ending),
  };
  try {
    return await line.measure(run);
  } finally {
    for (const ending of endings.reverse()) await ending();
  }
}
