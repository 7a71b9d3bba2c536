/** What a soak came to. */
export interface Soaked {
  /** Samples that were acknowledged. */
  readonly acknowledged: number;
  /** Of these, how many are not in the database. */
  readonly lost: number;
  /** Messages of sensors that were refused, or not answered. */
  readonly unacknowledged: number;
  /** Samples that reached viewers. */
  readonly delivered: number;
  /** Acknowledged samples that did not reach a viewer of theirs; several viewers may miss the same one. */
  readonly missed: number;
  /** Samples that came to a viewer twice, or after a later one. */
  readonly disordered: number;
  /** Sockets that ended before their time, and why. */
  readonly ended: readonly string[];
  /** What the resource server held in memory at the end of each minute, in bytes. */
  readonly heldBytes: readonly number[];
}

/** What memory may grow by in a minute, in bytes, once the first minute is over. */
export const MOST_GROWTH = 1024 * 1024;
/** Fewer readings show no trend. */
export const FEWEST_READINGS = 4;

/** What is wrong with what a soak came to: nothing is when the list is empty. */
export function complaints(soaked: Soaked): readonly string[] {
  const { acknowledged, delivered, lost, missed, disordered, ended, unacknowledged, heldBytes } = soaked;
  const growth = growthOf(heldBytes) ?? 0;
  const counts: readonly (readonly [boolean, string])[] = [
    [acknowledged === 0, 'nothing was acknowledged'],
    [delivered === 0, 'nothing was delivered'],
    [lost > 0, `${lost} samples were acknowledged and are not in the database`],
    [missed > 0, `${missed} acknowledged samples did not reach a viewer`],
    [disordered > 0, `${disordered} samples came twice or out of order`],
    [unacknowledged > 0, `${unacknowledged} measurements were not acknowledged`],
    [ended.length > 0, `${ended.length} sockets ended (${ended[0] ?? ''})`],
    [growth > MOST_GROWTH, `memory grew by ${inMegabytes(growth)} a minute`],
  ];
  return counts.filter(([isWrong]) => isWrong).map(([, words]) => words);
}

/**
 * What memory grows by from one reading to the next, by the line that fits best; the first reading, while everything is
 * met for the first time, is left out.
 *
 * @returns `undefined` when there are too few readings to tell
 */
export function growthOf(readings: readonly number[]): number | undefined {
  if (readings.length < FEWEST_READINGS) return undefined;
  const values = readings.slice(1);
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  const variance = values.reduce((sum, _value, index) => sum + (index - middle) ** 2, 0);
  return covariance / variance;
}

/** Bytes for people. */
export function inMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
