import { parseArgs } from 'node:util';

/** What `npm run bench --` is asked for. */
export interface Options {
  /** Only tell what there is to measure. */
  readonly list: boolean;
  /** Get a contestant instead of measuring. */
  readonly fetch: string | undefined;
  /** Lines to measure; all when empty. */
  readonly names: readonly string[];
  /** File for the results as JSON. */
  readonly json: string | undefined;
  /** Keep the results and show them in the README. */
  readonly record: boolean;
  readonly rounds: number;
  /** Length of a slice; as long as the line's time allows when it is not given. */
  readonly seconds: number | undefined;
}

/** How it is called. */
export const USAGE = `npm run bench -- [NAME…] [--json FILE] [--record] [--rounds N] [--seconds S]
npm run bench -- --list
npm run bench -- --fetch keycloak|node-oauth`;

const DEFAULT_ROUNDS = 7;

/** Reads the words of the command line. @throws Error that says which word is wrong */
export function parseOptions(words: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      fetch: { type: 'string' },
      json: { type: 'string' },
      record: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  const rounds = numberOf('--rounds', values.rounds) ?? DEFAULT_ROUNDS;
  if (!Number.isInteger(rounds)) throw new Error('--rounds takes a whole number.');
  return {
    list: values.list,
    fetch: values.fetch,
    names: positionals,
    json: values.json,
    record: values.record,
    rounds,
    seconds: numberOf('--seconds', values.seconds),
  };
}

function numberOf(name: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const number = Number(word);
  if (!(number > 0 && number < Infinity)) throw new Error(`${name} takes a number above 0.`);
  return number;
}
