import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { reasonOf } from './access-state.js';
import { AccessWaits, type ClaimedWait } from './access-waits.js';
import type { Ending } from './flow-ending.js';
import { withinGrace } from './grace.js';
import { isTooLong } from './polling.js';
import { SharedHeartRate } from './shared-heart-rate.js';
import { SharedResources } from './shared-resources.js';
import type { Asking, Resumed } from './uma-client/index.js';

const TICK_MS = 1_000;

type Outcome = Resumed | Ending | { readonly kind: 'read' };

const OUT_OF_REACH: ReadonlySet<Outcome['kind']> = new Set<Outcome['kind']>([
  'authorization-server-unreachable',
  'resource-server-unreachable',
  'too-slow',
  'broken-off',
]);

/**
 * Asks for the answers that owners have not given yet, each with its newest ticket and not before its time. Nobody has to
 * be looking meanwhile. Where a ticket was lost on the way the flow starts anew at the resource server, so that nobody
 * waits in vain.
 *
 * @see UMA 2.0 Grant section 3.3.6 (`request_submitted`)
 */
@Injectable()
export class AccessPoller implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AccessPoller.name);
  private timer: NodeJS.Timeout | undefined;
  private ticks = 0;
  private lastTick: Promise<void> = Promise.resolve();

  constructor(
    private readonly waits: AccessWaits,
    private readonly resources: SharedResources,
    private readonly heartRate: SharedHeartRate,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      if (this.ticks === 0) void this.tick();
    }, TICK_MS).unref();
  }

  /** Lets polls that are under way come to an end, but not for long: one that is cut off starts anew later. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await withinGrace(this.lastTick);
  }

  /** Looks after the waits that are due by now, when earlier ticks have ended. A failure is logged, never thrown. */
  tick(): Promise<void> {
    this.ticks++;
    this.lastTick = this.lastTick.then(() => this.run()).finally(() => this.ticks--);
    return this.lastTick;
  }

  private async run(): Promise<void> {
    try {
      const due = await this.waits.claimDue();
      await Promise.all(due.map((wait) => this.pollOrTell(wait)));
    } catch (error) {
      this.logger.error('The accesses that wait cannot be looked up; it is tried again.', stackOf(error));
    }
  }

  private async pollOrTell(wait: ClaimedWait): Promise<void> {
    try {
      await this.poll(wait);
    } catch (error) {
      this.logger.error('An owner’s answer cannot be asked for; it is tried again.', stackOf(error));
    }
  }

  private async poll(wait: ClaimedWait): Promise<void> {
    if (isTooLong(wait.waitedMs)) return this.waits.finish(wait, 'unanswered');
    const asker = { id: wait.sessionId, person: wait.person };
    if (wait.process !== undefined) {
      return this.conclude(wait, await this.resources.resume(asker, wait.resource, wait.process));
    }
    const { ending } = await this.heartRate.latest(asker, wait.resource);
    return this.conclude(wait, ending ?? { kind: 'read' });
  }

  /** An owner who lets nobody read may let them watch: she was asked for both. */
  private async isWatched({ sessionId: id, person, resource }: ClaimedWait, { asksOnce }: Asking): Promise<boolean> {
    return asksOnce === true && (await this.heartRate.watched({ id, person }, resource)) !== undefined;
  }

  private async conclude(wait: ClaimedWait, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'submitted') return this.waits.wait(wait, outcome);
    if (isLost(outcome)) return this.waits.wait(wait, undefined);
    // Otherwise there is something to see, or something to say that the next look says best.
    return this.waits.finish(
      wait,
      outcome.kind === 'denied' && !(await this.isWatched(wait, outcome)) ? 'declined' : null,
    );
  }
}

/** Whether nobody has said anything, so that it is asked anew. */
function isLost(outcome: Outcome): boolean {
  if (outcome.kind === 'refused') return outcome.error === 'invalid_grant';
  if (outcome.kind === 'answered') return reasonOf(outcome) === 'resource-server-unreachable';
  return OUT_OF_REACH.has(outcome.kind);
}

const stackOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : undefined);
