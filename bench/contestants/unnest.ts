import type { Run } from '../line.js';
import type { Ran } from '../measure/load.js';
import type { Meter } from '../measure/meter.js';
import { StartedProcess, typescript } from '../measure/started-process.js';

/** Inserts batches of samples into a PostgreSQL database, and does nothing else. */
export interface Unnest {
  readonly meter: Meter;
  readonly run: (milliseconds: number) => Promise<Ran>;
}

/** Starts what inserts batches, with tables of its own. @param url address of the database */
export async function startUnnest({ folder, cores, later }: Run, url: string): Promise<Unnest> {
  const words = [...typescript(new URL('./unnest.process.ts', import.meta.url)), url];
  const process = await StartedProcess.start({ name: 'unnest', words, folder, core: cores.server });
  later(() => process.stop());
  const run = async (milliseconds: number) =>
    (await process.ask({ type: 'run', milliseconds }, 'ran')) as unknown as Ran;
  return { meter: process.meter, run };
}
