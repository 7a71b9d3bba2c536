import { basename } from 'node:path';

import fc from 'fast-check';

/** How often a property is tried that tells nothing: as often as `npm test` has time for. */
const RUNS = 200;

/** Where the random values begin: `FUZZ_SEED`, or another place each time. */
export const SEED = numberOf('FUZZ_SEED') ?? Math.floor(Math.random() * 2 ** 31);

/**
 * Tries a property with random values: as often as `FUZZ_RUNS` says. The seed is printed, and `FUZZ_SEED` tries the same
 * values again.
 *
 * @param costly how many times as long as a plain call one try takes: so much seldomer it is tried
 */
export async function fuzz(property: fc.IRawProperty<unknown>, costly = 1): Promise<void> {
  const numRuns = Math.max(1, Math.ceil((numberOf('FUZZ_RUNS') ?? RUNS) / costly));
  await fc.assert(property as fc.IAsyncProperty<unknown>, { seed: SEED, numRuns });
}

/** Calls something that reads what strangers send. @returns what it makes of it, or undefined when it refuses that as it should */
export function orRefused<Result>(read: () => Result, refusal: new (...parts: never[]) => Error): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof refusal) return undefined;
    throw error;
  }
}

/** A text made of pieces that mean something to its reader, and of others. */
export const textOf = (...pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.string({ maxLength: 8, unit: 'binary' })),
      {
        maxLength: 40,
      },
    )
    .map((parts) => parts.join(''));

/** Bytes of which some were changed, left out or put in. */
export const damaged = (whole: Uint8Array): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.record({
        at: fc.nat({ max: Math.max(0, whole.length - 1) }),
        cut: fc.nat({ max: 4 }),
        put: fc.uint8Array({ maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((changes) => {
      const bytes = [...whole];
      for (const { at, cut, put } of changes) bytes.splice(at, cut, ...put);
      return Buffer.from(bytes);
    });

function numberOf(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`${variable} is no whole number.`);
  return number;
}

// As long as so many take.
jest.setTimeout(120_000 + 50 * (numberOf('FUZZ_RUNS') ?? 0));

// Past Jest, which shows nothing of a test that passes.
beforeAll(() => {
  const { testPath = '' } = expect.getState();
  process.stderr.write(`${basename(testPath)}: FUZZ_SEED=${SEED}\n`);
});
