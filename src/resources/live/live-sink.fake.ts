import type { LiveMessages, Samples } from './live-messages.js';
import type { LiveSink } from './live-sink.js';
import type { SharedSamples } from './shared-samples.js';

/** A message as a client got it. */
export type Told = { readonly [Name in keyof LiveMessages]: readonly [Name, LiveMessages[Name]] }[keyof LiveMessages];

const asItIs = (message: Samples): Samples => message;

/** A client that remembers what it was told, and takes as much as a test lets it. */
export class FakeSink implements LiveSink {
  readonly told: Told[] = [];
  private taking = true;
  private onReady: (() => void) | undefined;

  get isReady(): boolean {
    return this.taking;
  }

  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void {
    this.told.push([name, message] as unknown as Told);
  }

  pass(shared: SharedSamples): void {
    this.send('samples', shared.as(asItIs));
  }

  whenReady(callback: () => void): void {
    this.onReady = callback;
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
