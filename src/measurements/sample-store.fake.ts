import type { Sample } from './reading.js';
import { SampleStore, type Stored } from './sample-store.js';
import { entriesOf, placesFor } from './sample-places.js';

/** Keeps samples in memory; a test can hold commits back and let them fail. */
export class FakeSampleStore extends SampleStore {
  readonly commits: (readonly Sample[])[] = [];
  /** What the next commits wait for. */
  gate: Promise<void> = Promise.resolve();
  private readonly keys = new Set<string>();
  private readonly positions = new Map<string, number>();

  override async insert(samples: readonly Sample[]): Promise<Stored> {
    await this.gate;
    this.commits.push(samples);
    const places = placesFor(samples);
    for (const { resourceId, count } of places.resources) {
      this.positions.set(resourceId, (this.positions.get(resourceId) ?? 0) + count);
    }
    const isNew = samples.map(({ sensorId, sensorMs }) => {
      const key = [sensorId, sensorMs].join();
      return !this.keys.has(key) && this.keys.add(key).has(key);
    });
    const added = samples.filter((_sample, index) => isNew[index]);
    return { isNew, entries: entriesOf(places, this.positions, added) };
  }
}
