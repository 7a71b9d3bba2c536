import type { Verdict } from '../suite/conformance-case.js';

/** The verdicts as a JSON array, one case a line. */
export function toJson(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(({ id, level, title, status, detail }) =>
    JSON.stringify({ id, level, title, status, detail }),
  );
  return `[\n${lines.join(',\n')}\n]\n`;
}
