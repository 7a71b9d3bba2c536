import { parseArgs } from 'node:util';

/** The drivers by their names. */
export const DRIVERS = ['pulsegate', 'keycloak', 'by-hand'] as const;
export type DriverName = (typeof DRIVERS)[number];

/** What a run is told by its command line. */
export interface Options {
  /** Issuer of the authorization server under test; none is tested without it. */
  readonly as?: string;
  readonly driver?: DriverName;
  /** File that says what is known of the authorization server. */
  readonly config?: string;
  /** Module that starts the resource server under test; `pulsegate` is our own, `none` tests none. */
  readonly resourceServer?: string;
  /** Module that starts the client under test, likewise. */
  readonly client?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly markdown?: string;
  /** Ids of the cases to run; all of them when empty. */
  readonly only: readonly string[];
}

export const USAGE = `npm run conformance -- [options]

  --as URL               issuer of the authorization server to test
  --driver NAME          pulsegate, keycloak or by-hand: how policies are set
                         (pulsegate where --as is the issuer of .data/demo.json, else by-hand)
  --config FILE          JSON with what is known of that server; see docs/conformance.md
  --resource-server M    module that starts the resource server to test; pulsegate, none
  --client M             module that starts the client to test; pulsegate, none
                         (both are pulsegate with the driver pulsegate, else none)
  --only T17,T20.1       runs these cases alone
  --json FILE            writes the verdicts as JSON
  --junit FILE           writes them as JUnit XML
  --markdown FILE        writes them as a Markdown table`;

/** Raised for a command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const TEXT = { type: 'string' } as const;

/** @throws UsageError in a sentence for the operator */
export function parseOptions(words: readonly string[]): Options | 'help' {
  const { as, driver, only = '', ...rest } = parsed(words);
  if (rest.help === true) return 'help';
  if (as !== undefined && !URL.canParse(as)) throw new UsageError('--as is no URL.');
  if (driver !== undefined && !isDriver(driver)) throw new UsageError(`--driver is one of ${DRIVERS.join(', ')}.`);
  const ids = only.split(',').filter((id) => id !== '');
  if (!ids.every((id) => /^T\d+b?(?:\.\d+)?$/.test(id))) throw new UsageError('--only takes ids such as T17,T20.1.');
  const { json, junit, markdown, config, client, 'resource-server': resourceServer } = rest;
  return { only: ids, ...present({ as, driver, json, junit, markdown, config, client, resourceServer }) };
}

/** Leaves out what was not given. */
function present<Value extends object>(value: Value): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(given) as ReturnType<typeof present<Value>>;
}

function parsed(words: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        as: TEXT,
        driver: TEXT,
        config: TEXT,
        'resource-server': TEXT,
        client: TEXT,
        only: TEXT,
        json: TEXT,
        junit: TEXT,
        markdown: TEXT,
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function isDriver(name: string): name is DriverName {
  return DRIVERS.some((driver) => driver === name);
}
