import type { Slice } from '../measure/rounds.js';
import { type Entry, isMet } from './entry.js';
import { median, spread } from './statistics.js';

/** What two servers are compared in. */
export interface Comparison {
  readonly name: string;
  readonly goal: string;
  readonly contestant: string;
  readonly unit: string;
  /** The figure of a slice. */
  readonly figure: (slice: Slice) => number;
  /** Whether the servers may rest now and then, because it is their CPU time that is compared. */
  readonly mayRest?: boolean;
}

/** Fewer rounds tell little. */
export const FEWEST_ROUNDS = 7;

/** A server that had nothing to do for a longer part of the time was not what was measured. */
const LEAST_BUSY = 0.85;
/** A load generator that is busier than this may be what was measured. */
const MOST_LOAD = 0.95;

/** Compares round by round, so that a slow moment of the machine counts for both. */
export function compare(
  { figure, mayRest = false, ...what }: Comparison,
  ours: readonly Slice[],
  against: readonly Slice[],
): Entry {
  const remarks = [...reasonsAgainst('ours', ours, mayRest), ...reasonsAgainst(what.contestant, against, mayRest)];
  return {
    ...compareFigures(what, ours.map(figure), against.map(figure), remarks),
    cpuMicros: { ours: median(ours.map(cpuMicros)), against: median(against.map(cpuMicros)) },
  };
}

/** Compares the figures of each round. @param reasons why they do not count */
export function compareFigures(
  what: Omit<Comparison, 'figure' | 'mayRest'>,
  ours: readonly number[],
  against: readonly number[],
  reasons: readonly string[],
): Entry {
  const ratios = ours.map((figure, round) => figure / (against[round] ?? figure));
  const ratio = median(ratios);
  return {
    ...what,
    ratio,
    ours: median(ours),
    against: median(against),
    met: isMet(what.goal, ratio),
    spread: spread(ratios),
    rounds: ours.length,
    valid: reasons.length === 0,
    remarks: reasons,
  };
}

/** Why so many rounds do not count. */
export function tooFew(who: string, rounds: number): readonly string[] {
  return rounds < FEWEST_ROUNDS ? [`${who}: ${rounds} rounds, which are too few`] : [];
}

/** Why the slices of a server do not count. */
export function reasonsAgainst(who: string, slices: readonly Slice[], mayRest = false): readonly string[] {
  const failures = slices.reduce((sum, slice) => sum + slice.failures, 0);
  const busy = median(slices.map((slice) => slice.busy));
  const load = median(slices.map(({ loadBusy }) => loadBusy));
  return [
    ...tooFew(who, slices.length),
    ...(failures > 0 ? [`${who}: ${failures} operations failed (${slices.find(hasFailed)?.failure ?? ''})`] : []),
    ...(busy < LEAST_BUSY && !mayRest ? [`${who}: busy for only ${percent(busy)} of the time`] : []),
    ...(load > MOST_LOAD ? [`${who}: the load generator had no time left (${percent(load)})`] : []),
  ];
}

const cpuMicros = (slice: Slice): number => slice.cpuMicros;
const hasFailed = ({ failure }: Slice): boolean => failure !== undefined;
const percent = (part: number): string => `${Math.round(part * 100)} %`;
