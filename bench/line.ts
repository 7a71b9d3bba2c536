import type { Cores } from './measure/cores.js';
import type { Load } from './measure/load.js';
import type { Plan } from './measure/rounds.js';
import type { Entry } from './report/entry.js';

/** What a line measures with. */
export interface Run {
  /** The repository. */
  readonly repository: string;
  /** An empty folder for databases and logs. */
  readonly folder: string;
  readonly cores: Cores;
  readonly load: Load;
  /** How the slices of so many contenders fit into what is left of the line's time. */
  readonly plan: (contenders: number) => Plan;
  /** What is left for measuring of the line's time, in milliseconds. */
  readonly leftMs: () => number;
  /** Does something when the line is over, whatever came of it; last things first. */
  readonly later: (end: () => Promise<unknown>) => void;
}

/** Something that is measured. */
export interface Line {
  readonly name: string;
  readonly about: string;
  /** By name, what its entries have to reach. */
  readonly goals: Readonly<Record<string, string>>;
  measure(run: Run): Promise<readonly Entry[]>;
}
