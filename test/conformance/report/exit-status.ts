import type { Verdict } from '../suite/conformance-case.js';

/** 1 when a case of P0 or P1 failed or was skipped, or when nothing was run at all; else 0. */
export function exitStatus(verdicts: readonly Verdict[]): 0 | 1 {
  const open = verdicts.filter(({ level, status }) => level !== 'P2' && status !== 'pass');
  return verdicts.length === 0 || open.length > 0 ? 1 : 0;
}
