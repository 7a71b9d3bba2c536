import { parseArgs } from 'node:util';

import { parseSpeed } from './replay.js';

/** What `npm start --` was told. */
export interface DemoOptions {
  /** A recording to feed instead of the simulator. */
  readonly replay?: string;
  /** Seconds of the recording per second; `Infinity` is as fast as they are stored. */
  readonly speed: number;
  /** Keeps the times of the recording instead of shifting them to now. */
  readonly originalTimes: boolean;
  /** Zone of a recording's times that name none. */
  readonly timeZone?: string;
  /** Empties the folder of the demo world first. */
  readonly reset: boolean;
  /** Ports: client +30, resource server +40, authorization server +80; the usual ones when it is not given. */
  readonly portBase?: number;
}

/** Raised for words that `npm start --` does not understand. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** How the demo is started. */
export const USAGE = `Usage: npm start -- [options]
  --replay FILE      feed a recording (FIT, TCX, GPX, CSV) instead of the simulator
  --speed N | max    seconds of the recording per second (default 1)
  --original-times   keep the recording's times instead of shifting them so that the last sample is now
  --time-zone ZONE   zone of a recording's times that name none, such as Europe/Berlin
  --reset            empty the demo's data first
  --port-base N      client on N+30, resource server on N+40, authorization server on N+80
  --help             this text`;

/** Options that mean nothing to the simulator. */
const OF_A_RECORDING = ['speed', 'original-times', 'time-zone'] as const;

/**
 * Reads the words after `npm start --`.
 *
 * @returns `help` when only the usage is wanted
 * @throws UsageError that says which word is wrong and why
 */
export function parseDemoOptions(words: readonly string[]): DemoOptions | 'help' {
  const { values } = parse(words);
  if (values.help === true) return 'help';
  if (values.replay === undefined && OF_A_RECORDING.some((option) => values[option] !== undefined)) {
    throw new UsageError('--speed, --original-times and --time-zone go with --replay FILE');
  }
  return {
    speed: speedOf(values.speed ?? '1'),
    originalTimes: values['original-times'] === true,
    reset: values.reset === true,
    ...given('replay', values.replay, String),
    ...given('timeZone', values['time-zone'], timeZoneOf),
    ...given('portBase', values['port-base'], portBaseOf),
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        replay: { type: 'string' },
        speed: { type: 'string' },
        'original-times': { type: 'boolean' },
        'time-zone': { type: 'string' },
        reset: { type: 'boolean' },
        'port-base': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** One option as a member, read where it was given and left out where it was not. */
function given<Name extends string, Value>(
  name: Name,
  word: string | undefined,
  read: (word: string) => Value,
): Partial<Record<Name, Value>> {
  return word === undefined ? {} : ({ [name]: read(word) } as Partial<Record<Name, Value>>);
}

function speedOf(text: string): number {
  try {
    return parseSpeed(text);
  } catch {
    throw new UsageError('--speed takes a number from 1 on, or max');
  }
}

function timeZoneOf(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new UsageError('--time-zone takes the name of a zone, such as Europe/Berlin');
  }
}

function portBaseOf(text: string): number {
  const base = Number(text);
  if (!/^\d+$/.test(text) || base < 1000 || base + 80 > 65_535) {
    throw new UsageError('--port-base takes a whole number from 1000 to 65455');
  }
  return base;
}
