/**
 * How grave it is when a case fails: P0 breaks interoperability or safety (a MUST), P1 is a SHOULD or a MUST that matters
 * in some deployments, P2 is a matter of quality.
 */
export type Level = 'P0' | 'P1' | 'P2';

/** One requirement, put to the test. */
export interface ConformanceCase<World> {
  /** `T17`, or `T20.1` for a part of one. */
  readonly id: string;
  readonly level: Level;
  /** What holds when the case passes, as a sentence. */
  readonly title: string;
  /** The clauses of the standards that demand it: `GRANT-3.3.1-b`, `FED-4.1-b`, `RFC 6750 3`. */
  readonly clauses: readonly string[];
  /**
   * Passes by coming to its end.
   *
   * @throws Failed when the requirement is not met, Skipped when it cannot be put to the test here
   */
  readonly run: (world: World) => Promise<void>;
}

/** What came of a case, as it is reported. */
export interface Verdict {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  readonly status: 'pass' | 'fail' | 'skip';
  /** Why it failed or was skipped; empty when it passed. It holds no token, ticket or secret. */
  readonly detail: string;
}

/** A verdict with what only some reports show. */
export interface CaseReport extends Verdict {
  readonly clauses: readonly string[];
  readonly durationMs: number;
}

/** A requirement was not met. The message is a sentence without secrets. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** A requirement cannot be put to the test here. The message is the reason. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** Fails the case unless a condition holds. @param otherwise what was seen instead */
export function check(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Failed(otherwise);
}
