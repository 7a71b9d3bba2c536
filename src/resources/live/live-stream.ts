import type { LogEntry, LoggedSample, SampleLog } from '../../measurements/sample-log.js';
import { heartRateOf } from '../heart-rate-answer.js';
import { expiryOf, samplesMessage } from './live-messages.js';
import type { LiveViewer } from './live-viewer.js';
import { SharedSamples } from './shared-samples.js';

/** How many samples are read from the log at once. */
const PAGE = 500;
/** How many samples a client that comes back is given; who missed more begins anew. */
export const LONGEST_REPLAY = 10_000;

/** Where a client was last, that comes back. */
export interface Place {
  readonly after: number;
  /** What was received before is not for it, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

/** One resource as its viewers see it: every sample once, in the order in which they were stored. */
export class LiveStream {
  readonly viewers = new Set<LiveViewer>();
  /** Everything up to here was given out. */
  private position: number | undefined;
  /** Something up to here is known to be stored. */
  private stored = 0;
  private opening: Promise<void> | undefined;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly resourceId: string,
    private readonly log: SampleLog,
  ) {}

  /**
   * Tells a viewer where the stream stands, or what was stored since it was here last, and goes on from there.
   *
   * @param place where it was last; when it cannot go on from there it begins anew
   */
  async start(viewer: LiveViewer, place: Place | undefined): Promise<void> {
    const now = await this.open();
    const goesOn = place !== undefined && (await this.canGoOn(place, now));
    if (!goesOn) await this.tellSnapshot(viewer, now, place !== undefined);
    let at = goesOn ? place.after : now;
    // Nothing may be awaited between the last look and the beginning.
    while (!viewer.isOver && at < (this.position ?? at)) at = await this.tellMissed(viewer, at);
    viewer.begin();
  }

  /** Takes news of the log. What it leaves out is read from there. */
  hear({ after, upTo, samples }: LogEntry): void {
    this.noteStored(upTo);
    if (this.position === undefined || this.reading !== undefined || upTo <= this.position) return;
    // It is tried again each second, and whoever does so says what is wrong.
    if (after > this.position) this.readOn().catch(() => undefined);
    else this.giveOut(samples, upTo);
  }

  /** Something up to a position is stored, whoever stored it. */
  noteStored(position: number): void {
    this.stored = Math.max(this.stored, position);
  }

  /** Reads what is known to be stored and was not given out. @returns once that is done, or has failed */
  async readOn(): Promise<void> {
    if (this.position === undefined || this.position >= this.stored) return;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  /** Samples are received in the order of their places: the first that was missed tells of all. */
  private async canGoOn({ after, sinceMs }: Place, now: number): Promise<boolean> {
    if (after > now || now - after > LONGEST_REPLAY) return false;
    if (after === now || sinceMs === -Infinity) return true;
    const [first] = await this.log.after(this.resourceId, after, 1);
    return first === undefined || first.receivedMs >= sinceMs;
  }

  private async open(): Promise<number> {
    this.opening ??= this.log.positionOf(this.resourceId).then(
      (position) => {
        this.position = position;
      },
      (error: unknown) => {
        this.opening = undefined;
        throw error;
      },
    );
    await this.opening;
    await this.readOn();
    return this.position ?? 0;
  }

  private async read(): Promise<void> {
    while (this.position !== undefined && this.position < this.stored) {
      const { stored } = this;
      const samples = await this.log.after(this.resourceId, this.position, PAGE);
      const last = samples.at(-1)?.position ?? 0;
      this.giveOut(samples, samples.length < PAGE ? Math.max(stored, last) : last);
    }
  }

  private giveOut(entries: readonly LoggedSample[], upTo: number): void {
    const samples = entries.filter(({ position }) => position > (this.position ?? 0));
    this.position = upTo;
    if (samples.length === 0) return;
    const shared = new SharedSamples(this.resourceId, samples, upTo);
    for (const viewer of this.viewers) viewer.take(shared);
  }

  private async tellSnapshot(viewer: LiveViewer, at: number, isRestarted: boolean): Promise<void> {
    const latest = await this.log.newestUpTo(this.resourceId, at);
    if (!(await viewer.whenOpen())) return;
    viewer.sink.send('snapshot', {
      resource: this.resourceId,
      id: String(at),
      ...(latest !== undefined && { latest: heartRateOf(latest) }),
      ...(isRestarted && { restarted: true }),
      ...expiryOf(viewer.grant.decision),
    });
  }

  /** @returns up to where the viewer knows the stream now: not further than the stream itself stands */
  private async tellMissed(viewer: LiveViewer, at: number): Promise<number> {
    const target = this.position ?? at;
    const page = await this.log.after(this.resourceId, at, PAGE);
    const missed = page.filter(({ position }) => position <= target);
    const last = missed.at(-1)?.position;
    if (last === undefined) return target;
    if (await viewer.whenOpen()) viewer.sink.send('samples', samplesMessage(this.resourceId, missed, last));
    return page.length < PAGE ? target : last;
  }
}
