import { type LogEntry, type LoggedSample, type LogListener, SampleLog } from './sample-log.js';

/** A log in memory, whose entries a test can hold back, and repeat. */
export class FakeSampleLog extends SampleLog {
  readonly samples: LoggedSample[] = [];
  /** Of what is stored from now on. */
  receivedMs = 0;
  private readonly listeners = new Set<LogListener>();

  override positionOf(resourceId: string): Promise<number> {
    return Promise.resolve(this.of(resourceId).at(-1)?.position ?? 0);
  }

  override async positionsOf(resourceIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const positions = await Promise.all(resourceIds.map((resourceId) => this.positionOf(resourceId)));
    return new Map(resourceIds.map((resourceId, index) => [resourceId, positions[index] ?? 0]));
  }

  override after(resourceId: string, position: number, limit: number): Promise<readonly LoggedSample[]> {
    return Promise.resolve(
      this.of(resourceId)
        .filter((sample) => sample.position > position)
        .slice(0, limit),
    );
  }

  override newestUpTo(resourceId: string, position: number): Promise<LoggedSample | undefined> {
    const known = this.of(resourceId).filter((sample) => sample.position <= position);
    return Promise.resolve(known.sort((one, other) => one.recordedMs - other.recordedMs).at(-1));
  }

  override subscribe(listener: LogListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Stores heart rates, one a second, and tells nobody. */
  store(resourceId: string, ...heartRates: readonly number[]): LogEntry {
    const after = this.of(resourceId).at(-1)?.position ?? 0;
    const samples = heartRates.map((heartRate, index): LoggedSample => {
      const position = after + 1 + index;
      const recordedMs = position * 1000;
      const { receivedMs } = this;
      return { resourceId, heartRate, recordedMs, sensorMs: recordedMs, sensorId: 's', receivedMs, position };
    });
    this.samples.push(...samples);
    return { resourceId, after, upTo: after + samples.length, samples };
  }

  /** Tells of an entry. */
  tell(...entries: readonly LogEntry[]): void {
    for (const entry of entries) for (const listener of this.listeners) listener(entry);
  }

  /** Stores heart rates and tells of them. */
  add(resourceId: string, ...heartRates: readonly number[]): void {
    this.tell(this.store(resourceId, ...heartRates));
  }

  private of(resourceId: string): LoggedSample[] {
    return this.samples.filter((sample) => sample.resourceId === resourceId);
  }
}
