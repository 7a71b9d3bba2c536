import type { Entry } from './entry.js';
import { rounded, table } from './table.js';

/** A result that is kept, with where and when it came about. */
export interface Kept extends Entry {
  /** `2026-11-26` */
  readonly date: string;
  readonly node: string;
  readonly machine: string;
}

const BEGIN = '<!-- benchmarks: begin -->';
const END = '<!-- benchmarks: end -->';

/** A void result takes nothing's place. */
export function merged(kept: readonly Kept[], entries: readonly Kept[]): readonly Kept[] {
  const results = new Map(kept.map((entry) => [entry.name, entry]));
  for (const entry of entries) if (entry.valid) results.set(entry.name, entry);
  return [...results.values()];
}

/** The results as the README shows them, and what falls short in words. */
export function blockOf(kept: readonly Kept[]): string {
  const short = kept.filter(({ met }) => !met).map((entry) => `\`${entry.name}\` ${inWords(entry)}`);
  const places = [...new Set(kept.map(({ date, node, machine }) => `${machine}, Node ${node}, ${date}`))];
  return [table(kept), ...lines('Short of its goal: ', short), ...lines('Measured on ', places)].join('\n\n');
}

/** Puts the block in its place in a page. @throws Error when the page has none */
export function withBlock(page: string, block: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`The page has no ${BEGIN} … ${END}.`);
  return `${before}${BEGIN}\n\n${block}\n\n${END}${after}`;
}

const inWords = ({ ratio, goal }: Entry): string =>
  `(${ratio === null ? 'not measured' : rounded(ratio)} of ${goal.replace('>=', '≥ ').replace('<=', '≤ ')})`;

const lines = (what: string, all: readonly string[]): readonly string[] =>
  all.length === 0 ? [] : [`${what}${all.join('; ')}.`];
