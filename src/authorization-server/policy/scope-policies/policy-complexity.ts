const LITERALS_AND_COMMENTS = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g;
const LONGEST_TEXT = 20_000;
const DEEPEST_NESTING = 30;
const MOST_BRANCHES = 30;
const MOST_SUMS = 30;
const MOST_DOTS = 150;

/**
 * Whether a policy is more than anybody writes by hand. Cedar looks at expressions recursively and has a small stack; one
 * that overflows it leaves the evaluator unusable. What grows an expression in depth is counted, so that all of it
 * together stays far below that.
 */
export function isTooComplex(text: string): boolean {
  if (text.length > LONGEST_TEXT) return true;
  return text
    .replace(LITERALS_AND_COMMENTS, ' ')
    .split(';')
    .some(
      (statement) =>
        nestingOf(statement) > DEEPEST_NESTING ||
        countOf(/\bif\b/g, statement) > MOST_BRANCHES ||
        countOf(/[-+*]/g, statement) > MOST_SUMS ||
        countOf(/\./g, statement) > MOST_DOTS,
    );
}

function nestingOf(statement: string): number {
  let [depth, deepest] = [0, 0];
  for (const bracket of statement.match(/[([{)\]}]/g) ?? []) {
    depth += '([{'.includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function countOf(pattern: RegExp, statement: string): number {
  return statement.match(pattern)?.length ?? 0;
}
