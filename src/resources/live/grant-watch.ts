import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { Admission } from '../../uma/guard/admission.js';
import { UmaRefusal } from '../../uma/guard/uma-refusal.js';
import { type TokenEnding, TokenEndings } from '../../uma/security-events/token-endings.js';
import type { EndReason } from './live-messages.js';
import { LiveStreams } from './live-streams.js';
import type { LiveViewer } from './live-viewer.js';

/** How long before its end a client is told that its token ends. */
const WARNING_MS = 60_000;
/** How often an authorization server that tells of nothing is asked about each token. */
const ASK_EVERY_MS = 15_000;
/** How long a client may take nothing. */
const LONGEST_STUCK_MS = 30_000;

/** Sees to it that a stream goes on for no longer than its owner wants it to. */
@Injectable()
export class GrantWatch implements OnModuleDestroy {
  private readonly logger = new Logger(GrantWatch.name);
  /** About whose token it is being asked. */
  private readonly asking = new Set<LiveViewer>();
  /** About whose token there was news since. */
  private readonly askAgain = new Set<LiveViewer>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly streams: LiveStreams,
    private readonly admission: Admission,
    private readonly clock: Clock,
    endings: TokenEndings,
  ) {
    this.unsubscribe = endings.subscribe((ending) => {
      this.hear(ending);
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  /** Looks after every viewer; called each second. */
  look(): void {
    for (const viewer of [...this.streams.viewers()]) {
      if (viewer.stuckMs() >= LONGEST_STUCK_MS) viewer.end('too_slow');
      else this.lookAfter(viewer);
    }
  }

  private lookAfter(viewer: LiveViewer): void {
    const { attempt, decision } = viewer.grant;
    const known = this.admission.remembered(attempt, viewer.resourceId);
    if (known !== undefined) viewer.renew({ attempt, decision: known });
    else if (this.isDue(viewer)) void this.ask(viewer);
    else viewer.poke();
    this.warn(viewer, decision.endsMs);
  }

  /** A clock that was set back says nothing about when the authorization server was asked. */
  private isDue({ grant }: LiveViewer): boolean {
    const nowMs = this.clock.nowMs();
    const { askedMs, endsMs = Infinity } = grant.decision;
    return nowMs < askedMs || nowMs >= askedMs + ASK_EVERY_MS || nowMs >= endsMs;
  }

  private warn(viewer: LiveViewer, endsMs: number | undefined): void {
    if (endsMs === undefined || viewer.warnedOfMs === endsMs || endsMs - this.clock.nowMs() > WARNING_MS) return;
    viewer.warnedOfMs = endsMs;
    viewer.sink.send('auth:expiring', { resource: viewer.resourceId, expiresAt: new Date(endsMs).toISOString() });
  }

  private hear({ issuer, tokenId, kind }: TokenEnding): void {
    for (const viewer of [...this.streams.viewers()]) {
      const { decision } = viewer.grant;
      if (decision.resource.owner.issuer !== issuer) continue;
      if (tokenId !== undefined && decision.tokenId !== tokenId) continue;
      if (kind === 'ended' && tokenId !== undefined) viewer.end('withdrawn');
      else void this.ask(viewer);
    }
  }

  private async ask(viewer: LiveViewer): Promise<void> {
    if (this.asking.has(viewer)) {
      this.askAgain.add(viewer);
      return;
    }
    this.asking.add(viewer);
    do {
      this.askAgain.delete(viewer);
      await this.askOnce(viewer);
    } while (this.askAgain.has(viewer) && !viewer.isOver);
    this.askAgain.delete(viewer);
    this.asking.delete(viewer);
  }

  private async askOnce(viewer: LiveViewer): Promise<void> {
    const { attempt } = viewer.grant;
    const end = await this.endFor(viewer);
    // Another token may have come meanwhile.
    if (end !== undefined && viewer.grant.attempt === attempt) viewer.end(end);
  }

  /** Why a stream has to end; `undefined` when it may go on. */
  private async endFor(viewer: LiveViewer): Promise<EndReason | undefined> {
    const { attempt } = viewer.grant;
    try {
      const { isOpen, decision } = await this.admission.judge(attempt, viewer.resourceId);
      if (decision === undefined) return this.reasonOf(viewer);
      if (!isOpen) return 'narrowed';
      if (viewer.grant.attempt === attempt) viewer.renew({ attempt, decision });
      return undefined;
    } catch (error) {
      return this.reasonFor(error);
    }
  }

  private reasonOf({ grant }: LiveViewer): EndReason {
    return this.clock.nowMs() >= (grant.decision.endsMs ?? Infinity) ? 'expired' : 'withdrawn';
  }

  private reasonFor(error: unknown): EndReason {
    if (error instanceof UmaRefusal) return error.getStatus() === 404 ? 'deleted' : 'unreachable';
    this.logger.error('A stream could not be checked.', error instanceof Error ? error.stack : undefined);
    return 'unreachable';
  }
}
