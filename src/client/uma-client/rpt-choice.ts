import { commonSegments, covers } from './paths.js';
import type { KeptRpt } from './rpt-store.js';

/** The RPT that was kept for a path: of several the one whose path is the longest. */
export function rptFor(rpts: readonly KeptRpt[], path: string): KeptRpt | undefined {
  return best(rpts, (own) => (covers(own, path) ? own.length : -1));
}

/** The RPT to be upgraded when a path needs another one: the nearest by path, because it may be the same owner's. */
export function nearestRpt(rpts: readonly KeptRpt[], path: string): KeptRpt | undefined {
  return best(rpts, (own) => commonSegments(own, path));
}

/** @param score of one of an RPT's paths; negative when it does not come into question */
function best(rpts: readonly KeptRpt[], score: (path: string) => number): KeptRpt | undefined {
  const [first] = rpts
    .map((rpt) => ({ rpt, score: Math.max(-1, ...rpt.paths.map(score)) }))
    .filter((scored) => scored.score >= 0)
    .sort((one, other) => other.score - one.score);
  return first?.rpt;
}
