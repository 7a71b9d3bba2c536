import type { Sample } from './reading.js';
import type { LogEntry, LoggedSample } from './sample-log.js';

/** How many places a batch needs at each resource, and which of them each of its samples takes. */
export interface Places {
  /** In the order of their ids, so that of several processes none waits for another in a circle. */
  readonly resources: readonly { readonly resourceId: string; readonly count: number }[];
  /** The samples in their order, each with how many of its resource follow it in the batch. */
  readonly followers: ReadonlyMap<Sample, number>;
}

/** Deals out places, before it is known which samples are new: a number that nobody takes is left out. */
export function placesFor(samples: readonly Sample[]): Places {
  const counts = new Map<string, number>();
  for (const { resourceId } of samples) counts.set(resourceId, (counts.get(resourceId) ?? 0) + 1);
  const left = new Map(counts);
  const followers = new Map<Sample, number>();
  for (const sample of samples) {
    const following = (left.get(sample.resourceId) ?? 0) - 1;
    left.set(sample.resourceId, following);
    followers.set(sample, following);
  }
  const resources = [...counts].map(([resourceId, count]) => ({ resourceId, count }));
  return { resources: resources.sort((one, other) => (one.resourceId < other.resourceId ? -1 : 1)), followers };
}

/**
 * What was stored, by resource.
 *
 * @param positions where each resource stands now
 * @param added the samples that were new, in their order
 */
export function entriesOf(
  { resources, followers }: Places,
  positions: ReadonlyMap<string, number>,
  added: readonly Sample[],
): readonly LogEntry[] {
  const upToOf = (resourceId: string): number => positions.get(resourceId) ?? 0;
  const ofResources = new Map<string, LoggedSample[]>();
  for (const sample of added) {
    const logged = { ...sample, position: upToOf(sample.resourceId) - (followers.get(sample) ?? 0) };
    const others = ofResources.get(sample.resourceId);
    if (others === undefined) ofResources.set(sample.resourceId, [logged]);
    else others.push(logged);
  }
  return resources.flatMap(({ resourceId, count }) => {
    const [samples, upTo] = [ofResources.get(resourceId), upToOf(resourceId)];
    return samples === undefined ? [] : [{ resourceId, after: upTo - count, upTo, samples }];
  });
}
