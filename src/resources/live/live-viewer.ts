import type { Clock } from '../../common/clock.js';
import type { LoggedSample } from '../../measurements/sample-log.js';
import type { Attempt } from '../../uma/guard/attempt.js';
import type { UmaDecision } from '../../uma/guard/uma-decision.js';
import { type EndReason, samplesMessage } from './live-messages.js';
import type { LiveSink } from './live-sink.js';
import type { SharedSamples } from './shared-samples.js';

/** How many samples wait for a client that takes none; older ones are dropped, and counted. */
export const MOST_WAITING = 300;

/** A token with what it was found to open. */
export interface Grant {
  readonly attempt: Attempt;
  readonly decision: UmaDecision;
}

/**
 * One client that watches one resource. While it keeps up it is in step: it gets samples as they come in, like everybody.
 * Else they wait for it, are sent together as soon as it can take them, and are dropped when they become too many.
 */
export class LiveViewer {
  /** `endsMs` of the grant of whose end the client was told. */
  warnedOfMs: number | undefined;
  private state: 'entering' | 'starting' | 'in-step' | 'behind' | 'over' = 'entering';
  private waiting: LoggedSample[] = [];
  private dropped = 0;
  /** Since when the client takes nothing, in milliseconds since the Unix epoch. */
  private stuckSinceMs: number | undefined;
  private wake: (() => void) | undefined;

  constructor(
    readonly resourceId: string,
    readonly sink: LiveSink,
    private granted: Grant,
    private readonly clock: Clock,
    private readonly onEnd: (viewer: LiveViewer) => void,
  ) {}

  get grant(): Grant {
    return this.granted;
  }

  get isOver(): boolean {
    return this.state === 'over';
  }

  /** Whether its client may be told anything now, and can take it. */
  get isOpen(): boolean {
    return !this.isOver && this.sink.isReady && this.clock.nowMs() < (this.granted.decision.endsMs ?? Infinity);
  }

  /** Samples have come in. For a client that cannot take them now they are kept; one that is starting reads them from the log. */
  take(shared: SharedSamples): void {
    if (this.state === 'in-step' && this.isOpen) {
      this.sink.pass(shared);
    } else if (this.state === 'in-step' || this.state === 'behind') {
      this.state = 'behind';
      this.keep(shared.samples);
      this.catchUp();
    }
  }

  private keep(samples: readonly LoggedSample[]): void {
    this.waiting.push(...samples);
    const surplus = this.waiting.length - MOST_WAITING;
    if (surplus <= 0) return;
    this.waiting.splice(0, surplus);
    this.dropped += surplus;
  }

  /** The client knows everything that was stored: from here on it is in step. */
  begin(): void {
    if (this.state !== 'starting') return;
    this.state = 'behind';
    this.catchUp();
  }

  /** Waits until its client can be told something. @returns whether that is so; not when it is over meanwhile */
  async whenOpen(): Promise<boolean> {
    while (!this.isOpen && !this.isOver) {
      this.stuckSinceMs ??= this.clock.nowMs();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.sink.whenReady(resolve);
      });
    }
    this.stuckSinceMs = undefined;
    return !this.isOver;
  }

  /** Looks whether its client can be told something now. */
  poke(): void {
    this.wake?.();
    this.catchUp();
  }

  /** For how long the client has taken nothing, in milliseconds. */
  stuckMs(): number {
    return this.stuckSinceMs === undefined ? 0 : this.clock.nowMs() - this.stuckSinceMs;
  }

  /** The token, or what it opens, is another one from now on. */
  renew(grant: Grant): void {
    this.granted = grant;
    this.poke();
  }

  /** Its client may watch, and is told so; before, it knows nothing of a stream that could end. */
  enter(grant: Grant): void {
    if (this.state === 'entering') this.state = 'starting';
    this.renew(grant);
  }

  /** Ends it, and tells the client why. */
  end(reason: EndReason): void {
    if (this.isOver) return;
    const isKnown = this.state !== 'entering';
    this.leave();
    if (isKnown) this.sink.send('ended', { resource: this.resourceId, reason });
    this.onEnd(this);
  }

  /** Ends it without a word: the client has gone. */
  leave(): void {
    this.state = 'over';
    this.waiting = [];
    this.wake?.();
  }

  /** Sends what waits, and is in step again, as soon as that can be. */
  private catchUp(): void {
    if (this.state !== 'behind') return;
    if (!this.isOpen) {
      this.stuckSinceMs ??= this.clock.nowMs();
      this.sink.whenReady(() => {
        if (this.isOpen) this.catchUp();
      });
      return;
    }
    this.flush();
    this.state = 'in-step';
    this.stuckSinceMs = undefined;
  }

  private flush(): void {
    const last = this.waiting.at(-1);
    if (last === undefined) return;
    const message = samplesMessage(this.resourceId, this.waiting, last.position);
    this.sink.send('samples', this.dropped === 0 ? message : { ...message, dropped: this.dropped });
    this.waiting = [];
    this.dropped = 0;
  }
}
