import type { Sample } from './reading.js';
import { SampleStore } from './sample-store.js';

/** Keeps samples in memory; a test can hold commits back and let them fail. */
export class FakeSampleStore extends SampleStore {
  readonly commits: (readonly Sample[])[] = [];
  /** What the next commits wait for. */
  gate: Promise<void> = Promise.resolve();
  private readonly keys = new Set<string>();

  override async insert(samples: readonly Sample[]): Promise<readonly boolean[]> {
    await this.gate;
    this.commits.push(samples);
    return samples.map(({ sensorId, sensorMs }) => {
      const key = [sensorId, sensorMs].join();
      return !this.keys.has(key) && this.keys.add(key).has(key);
    });
  }
}
