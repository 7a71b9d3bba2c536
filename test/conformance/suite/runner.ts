import { type CaseReport, type ConformanceCase, Failed, Skipped } from './conformance-case.js';
import { redact } from './redact.js';

/** Nothing of the protocol takes longer; what does hangs. */
const LONGEST_CASE_MS = 60_000;

/** How cases are run. */
export interface RunOptions {
  /** How many cases may run side by side. */
  readonly sideBySide: number;
  /** Told of every case that has ended, as they end. */
  readonly onEnd?: (report: CaseReport) => void;
  readonly longestCaseMs?: number;
}

/** Runs cases, several at a time. @returns their reports in the order of the cases, whatever ended first */
export async function runCases<World>(
  cases: readonly ConformanceCase<World>[],
  world: World,
  options: RunOptions,
): Promise<readonly CaseReport[]> {
  const reports: CaseReport[] = [];
  const waiting = [...cases.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, one] = next;
      const report = await runCase(one, world, options.longestCaseMs ?? LONGEST_CASE_MS);
      reports[index] = report;
      options.onEnd?.(report);
    }
  };
  await Promise.all(Array.from({ length: options.sideBySide }, work));
  return reports;
}

/** Reports cases that cannot be run at all, all for one reason. */
export function skipAll(cases: readonly Omit<ConformanceCase<never>, 'run'>[], reason: string): readonly CaseReport[] {
  return cases.map(({ id, level, title, clauses }) => {
    return { id, level, title, status: 'skip', detail: redact(reason), clauses, durationMs: 0 };
  });
}

async function runCase<World>(
  { id, level, title, clauses, run }: ConformanceCase<World>,
  world: World,
  longestMs: number,
): Promise<CaseReport> {
  const began = performance.now();
  // A case may also throw at once, before it has made a promise.
  const running = Promise.resolve(world).then(run);
  const outcome = await withinTime(running, longestMs).then(() => PASSED, outcomeOf);
  return { id, level, title, ...outcome, clauses, durationMs: Math.round(performance.now() - began) };
}

type Outcome = Pick<CaseReport, 'status' | 'detail'>;

const PASSED: Outcome = { status: 'pass', detail: '' };

function outcomeOf(error: unknown): Outcome {
  if (error instanceof Skipped) return { status: 'skip', detail: redact(error.message) };
  if (error instanceof Failed) return { status: 'fail', detail: redact(error.message) };
  const said = error instanceof Error ? `${error.name}: ${error.message}${causeOf(error)}` : 'an unknown error';
  return { status: 'fail', detail: redact(`The case broke off: ${said}`) };
}

/** Network errors tell what happened in their cause alone. */
function causeOf({ cause }: Error): string {
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
}

async function withinTime(work: Promise<void>, longestMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Failed(`The case did not come to an end within ${longestMs / 1000} s.`));
    }, longestMs);
  });
  await Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}
