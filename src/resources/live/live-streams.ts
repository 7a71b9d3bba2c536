import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { SampleLog } from '../../measurements/sample-log.js';
import { Admission } from '../../uma/guard/admission.js';
import type { Attempt } from '../../uma/guard/attempt.js';
import { UmaRefusal } from '../../uma/guard/uma-refusal.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from '../resources.options.js';
import { missedSinceMs, requireView, viewOf } from '../view.js';
import type { LiveSink } from './live-sink.js';
import { LiveStream } from './live-stream.js';
import { type Grant, LiveViewer } from './live-viewer.js';

/** What a viewer asks for. */
export interface LiveRequest {
  readonly attempt: Attempt;
  readonly resourceId: string;
  readonly sink: LiveSink;
  /** Place in the stream where it was last, to go on from. */
  readonly after?: number | undefined;
}

/** The streams that somebody watches now. */
@Injectable()
export class LiveStreams implements OnModuleDestroy {
  private readonly streams = new Map<string, LiveStream>();
  private readonly unsubscribe: () => void;
  private isClosed = false;

  constructor(
    private readonly log: SampleLog,
    private readonly admission: Admission,
    private readonly clock: Clock,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {
    this.unsubscribe = log.subscribe((entry) => this.streams.get(entry.resourceId)?.hear(entry));
  }

  /** Before the transports close, so that everybody hears why. */
  onModuleDestroy(): void {
    this.isClosed = true;
    this.unsubscribe();
    for (const viewer of [...this.viewers()]) viewer.end('shutdown');
  }

  /** Everybody who watches something. */
  *viewers(): Iterable<LiveViewer> {
    for (const stream of this.streams.values()) yield* stream.viewers;
  }

  /**
   * Lets somebody watch a resource, when the token allows it. That is found out, and once more when news of the token
   * would reach the viewer: what happens in between must not be missed.
   *
   * @param onEnd is called when it was ended, not when it was left
   * @throws UmaRefusal when it may not be watched
   */
  async watch(request: LiveRequest, onEnd: (viewer: LiveViewer) => void): Promise<LiveViewer> {
    const { resourceId, sink } = request;
    const first = await this.admit(request);
    const stream = this.streamOf(resourceId);
    const viewer = new LiveViewer(resourceId, sink, first, this.clock, (ended) => {
      this.leave(ended);
      onEnd(ended);
    });
    stream.viewers.add(viewer);
    try {
      const second = await this.admit(request);
      // News of the token came last: whoever asks now is turned away with a ticket.
      if (viewer.isOver) return await this.watch(request, onEnd);
      viewer.enter(second);
      return viewer;
    } catch (error) {
      this.leave(viewer);
      throw error;
    }
  }

  /** Begins to send, after the client was told that it may watch. */
  async start(viewer: LiveViewer, after: number | undefined): Promise<void> {
    const place = after === undefined ? undefined : { after, sinceMs: this.missedSinceMs(viewer) };
    try {
      await this.streams.get(viewer.resourceId)?.start(viewer, place);
    } catch (error) {
      viewer.end('unreachable');
      throw error;
    }
  }

  /**
   * Finds out what another token opens, and goes on with that, with all streams or with none.
   *
   * @throws UmaRefusal when it does not open one of them
   */
  async renew(viewers: readonly LiveViewer[], attempt: Attempt): Promise<void> {
    const grants = await Promise.all(viewers.map(({ resourceId }) => this.admit({ attempt, resourceId })));
    for (const [index, viewer] of viewers.entries()) {
      const grant = grants[index];
      if (grant !== undefined && !viewer.isOver) viewer.renew(grant);
    }
  }

  /** The client of a viewer has gone, or wants no more. */
  leave(viewer: LiveViewer): void {
    viewer.leave();
    const stream = this.streams.get(viewer.resourceId);
    stream?.viewers.delete(viewer);
    if (stream?.viewers.size === 0) this.streams.delete(viewer.resourceId);
  }

  /** Reads what was stored without anybody telling, as by another process. */
  async readOn(): Promise<void> {
    if (this.streams.size === 0) return;
    for (const [id, position] of await this.log.positionsOf([...this.streams.keys()])) {
      this.streams.get(id)?.noteStored(position);
    }
    await Promise.all([...this.streams.values()].map((stream) => stream.readOn()));
  }

  private async admit({ attempt, resourceId }: Pick<LiveRequest, 'attempt' | 'resourceId'>): Promise<Grant> {
    const [decision] = await this.admission.admit(attempt, [resourceId]);
    if (this.isClosed) throw new UmaRefusal(503, 'temporarily_unavailable', 'The server is stopping.');
    if (decision === undefined) throw new Error('A call was let in without a decision.');
    requireView(viewOf(decision.scopes, this.options.legacyScope).live);
    return { attempt, decision };
  }

  private missedSinceMs({ grant }: LiveViewer): number {
    return missedSinceMs(grant.decision, this.options.legacyScope);
  }

  private streamOf(resourceId: string): LiveStream {
    const known = this.streams.get(resourceId);
    if (known !== undefined) return known;
    const stream = new LiveStream(resourceId, this.log);
    this.streams.set(resourceId, stream);
    return stream;
  }
}
