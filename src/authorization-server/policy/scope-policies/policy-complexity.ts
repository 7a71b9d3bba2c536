const LITERALS_AND_COMMENTS = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g;
const TOKENS = /&&|\|\||!(?!=)|[-+*.([{)\]}]|\b(?:if|when|unless)\b/g;
/** What Cedar writes out with its left side repeated, so that it grows exponentially when nested. */
const REPETITIONS = /\bis\b|\bhas\s+\w+\s*\./g;
const LONGEST_TEXT = 20_000;
const DEEPEST = 50;
const MOST_REPETITIONS = 3;

/** What stands between two brackets, or outside of all. */
interface Level {
  /** Operators and conditions: each makes the expression one deeper. */
  links: number;
  /** Attributes one of another, as far as the text was read. */
  attributes: number;
  mostAttributes: number;
  /** Depth of the deepest brackets in it. */
  inside: number;
}

/**
 * Whether a policy is more than anybody writes by hand. Cedar looks at expressions recursively; one that overflows the
 * stack leaves the evaluator unusable. Once its code is optimised that happens 75 levels deep.
 */
export function isTooComplex(text: string): boolean {
  if (text.length > LONGEST_TEXT) return true;
  return text
    .replace(LITERALS_AND_COMMENTS, ' ')
    .split(';')
    .some(
      (statement) => depthOf(statement) > DEEPEST || (statement.match(REPETITIONS)?.length ?? 0) > MOST_REPETITIONS,
    );
}

/** How deep the expressions of a statement are, at most. */
function depthOf(statement: string): number {
  const outermost = newLevel();
  const open = [outermost];
  for (const token of statement.match(TOKENS) ?? []) {
    const level = open.at(-1) ?? outermost;
    if (')]}'.includes(token)) close(open);
    else if (token === '.' || token === '[') level.mostAttributes = Math.max(level.mostAttributes, ++level.attributes);
    else if (!'({'.includes(token)) link(level);
    if ('([{'.includes(token)) open.push(newLevel());
  }
  while (open.length > 1) close(open);
  return depthOfLevel(outermost);
}

function newLevel(): Level {
  return { links: 0, attributes: 0, mostAttributes: 0, inside: 0 };
}

function link(level: Level): void {
  level.links++;
  level.attributes = 0;
}

function close(open: Level[]): void {
  const [around, closed] = open.slice(-2);
  if (around === undefined || closed === undefined) return;
  around.inside = Math.max(around.inside, 1 + depthOfLevel(closed));
  open.pop();
}

function depthOfLevel({ links, mostAttributes, inside }: Level): number {
  return links + mostAttributes + inside;
}
