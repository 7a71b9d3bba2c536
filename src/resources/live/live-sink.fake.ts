import type { LiveMessages, Samples } from './live-messages.js';
import type { LiveSink } from './live-sink.js';

/** A message as a client got it. */
export type Told = { readonly [Name in keyof LiveMessages]: readonly [Name, LiveMessages[Name]] }[keyof LiveMessages];

/** A client that remembers what it was told, and takes as much as a test lets it. */
export class FakeSink implements LiveSink {
  readonly told: Told[] = [];
  readonly joined = new Set<string>();
  private taking = true;
  private onReady: (() => void) | undefined;

  get isReady(): boolean {
    return this.taking;
  }

  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void {
    this.told.push([name, message] as unknown as Told);
  }

  whenReady(callback: () => void): void {
    this.onReady = callback;
  }

  join(resourceId: string): void {
    this.joined.add(resourceId);
  }

  leave(resourceId: string): void {
    this.joined.delete(resourceId);
  }

  /** Takes nothing from now on. */
  stall(): void {
    this.taking = false;
  }

  /** Has taken everything, and takes more. */
  drain(): void {
    this.taking = true;
    this.onReady?.();
  }

  /** What came by a transport's way to everybody. */
  overhear(message: Samples): void {
    if (this.joined.has(message.resource)) this.send('samples', message);
  }

  /** The heart rates that it was told, in order, those of a snapshot left out. */
  get heartRates(): readonly number[] {
    return this.samples.flatMap(({ samples }) => samples.map(({ heartRate }) => heartRate));
  }

  get samples(): readonly Samples[] {
    return this.told.flatMap((one) => (one[0] === 'samples' ? [one[1]] : []));
  }

  /** Place in the stream of the last message that has one. */
  get lastId(): number | undefined {
    const ids = this.told.flatMap((one) => (one[0] === 'samples' || one[0] === 'snapshot' ? [one[1].id] : []));
    return ids.length === 0 ? undefined : Number(ids.at(-1));
  }
}
