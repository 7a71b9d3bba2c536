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
}

/** Fewer rounds tell little. */
export const FEWEST_ROUNDS = 7;

/** A server that had nothing to do for a longer part of the time was not what was measured. */
const LEAST_BUSY = 0.85;
/** A load generator that is busier than this may be what was measured. */
const MOST_LOAD = 0.95;

/** Compares round by round, so that a slow moment of the machine counts for both. */
export function compare(
  { name, goal, contestant, unit, figure }: Comparison,
  ours: readonly Slice[],
  against: readonly Slice[],
): Entry {
  const ratios = ours.map((slice, round) => figure(slice) / figure(against[round] ?? slice));
  const ratio = median(ratios);
  const remarks = [...reasonsAgainst('ours', ours), ...reasonsAgainst(contestant, against)];
  return {
    ...{ name, goal, contestant, unit, ratio, remarks },
    ours: median(ours.map(figure)),
    against: median(against.map(figure)),
    met: isMet(goal, ratio),
    spread: spread(ratios),
    rounds: ours.length,
    valid: remarks.length === 0,
    cpuMicros: { ours: median(ours.map(cpuMicros)), against: median(against.map(cpuMicros)) },
  };
}

/** Why the slices of a server do not count. */
export function reasonsAgainst(who: string, slices: readonly Slice[]): readonly string[] {
  const failures = slices.reduce((sum, slice) => sum + slice.failures, 0);
  const busy = median(slices.map((slice) => slice.busy));
  const load = median(slices.map(({ loadBusy }) => loadBusy));
  return [
    ...(slices.length < FEWEST_ROUNDS ? [`${who}: ${slices.length} rounds, which are too few`] : []),
    ...(failures > 0 ? [`${who}: ${failures} operations failed (${slices.find(hasFailed)?.failure ?? ''})`] : []),
    ...(busy < LEAST_BUSY ? [`${who}: busy for only ${percent(busy)} of the time`] : []),
    ...(load > MOST_LOAD ? [`${who}: the load generator had no time left (${percent(load)})`] : []),
  ];
}

const cpuMicros = (slice: Slice): number => slice.cpuMicros;
const hasFailed = ({ failure }: Slice): boolean => failure !== undefined;
const percent = (part: number): string => `${Math.round(part * 100)} %`;
