import { parseArgs } from 'node:util';

/** What `npm run soak --` is asked for. */
export interface SoakOptions {
  /** Each sends once a second. */
  readonly sensors: number;
  readonly viewers: number;
  readonly minutes: number;
  readonly database: 'sqlite' | 'postgres';
}

/** How it is called. */
export const USAGE = 'npm run soak -- [--sensors 2000] [--viewers 500] [--minutes 10] [--database sqlite|postgres]';

/** Reads the words of the command line. @throws Error that says which word is wrong */
export function parseSoakOptions(words: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      sensors: { type: 'string', default: '2000' },
      viewers: { type: 'string', default: '500' },
      minutes: { type: 'string', default: '10' },
      database: { type: 'string', default: 'sqlite' },
    },
  });
  const { database } = values;
  if (database !== 'sqlite' && database !== 'postgres') throw new Error(`--database is sqlite or postgres.\n${USAGE}`);
  return {
    sensors: countOf('--sensors', values.sensors),
    viewers: countOf('--viewers', values.viewers),
    minutes: countOf('--minutes', values.minutes),
    database,
  };
}

function countOf(name: string, word: string): number {
  const count = Number(word);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${name} takes a whole number above 0.\n${USAGE}`);
  return count;
}
