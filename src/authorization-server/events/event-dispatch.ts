import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { Doorbell } from './doorbell.js';
import { EventPusher } from './event-pusher.js';
import { EventReceivers, type Recipient } from './event-receivers.js';

/** The longest pause between two looks, in milliseconds: other instances record events too. */
const LONGEST_PAUSE_MS = 200;
/** After a ring: who rings has not committed yet, but soon will. */
const SHORTEST_PAUSE_MS = 4;

/** Looks for what is to be delivered, and has it delivered, to each receiver by itself: a slow one holds up no other. */
@Injectable()
export class EventDispatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('SecurityEvents');
  private readonly busy = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = LONGEST_PAUSE_MS;
  private looking: Promise<void> | undefined;
  private isEnding = false;

  constructor(
    private readonly receivers: EventReceivers,
    private readonly pusher: EventPusher,
    doorbell: Doorbell,
  ) {
    doorbell.answeredBy(() => {
      this.hurry();
    });
  }

  onApplicationBootstrap(): void {
    this.lookIn(this.pauseMs);
  }

  /** What is being sent is finished; the rest is found by the next who looks. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.timer);
    await this.looking;
    await this.settled();
  }

  /**
   * Begins to deliver what is due.
   *
   * @returns whether there was anything that nobody here was delivering yet
   */
  async look(): Promise<boolean> {
    const due = (await this.receivers.withDueEvents()).filter(({ id }) => !this.busy.has(id));
    for (const recipient of due) this.begin(recipient.id, recipient, () => this.pusher.pushTo(recipient));
    const heartbeats = await this.receivers.takeHeartbeats();
    for (const recipient of heartbeats) {
      this.begin(`heartbeat of ${recipient.id}`, recipient, () => this.pusher.beat(recipient));
    }
    return due.length + heartbeats.length > 0;
  }

  /** Waits until all that was begun has ended. */
  async settled(): Promise<void> {
    while (this.busy.size > 0) await Promise.all(this.busy.values());
  }

  private begin(key: string, { clientId }: Recipient, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => {
        this.logger.error(`What is to be told to ${clientId} cannot be delivered now.`, error);
      })
      .finally(() => this.busy.delete(key));
    this.busy.set(key, done);
  }

  /** Looks soon. Who rings again meanwhile puts nothing off. */
  private hurry(): void {
    if (this.pauseMs === SHORTEST_PAUSE_MS) return;
    this.pauseMs = SHORTEST_PAUSE_MS;
    if (this.looking === undefined && this.timer !== undefined) this.lookIn(SHORTEST_PAUSE_MS);
  }

  private lookIn(pauseMs: number): void {
    if (this.isEnding) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.looking = this.lookAndGoOn().finally(() => {
        this.looking = undefined;
      });
    }, pauseMs).unref();
  }

  private async lookAndGoOn(): Promise<void> {
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    try {
      if (await this.look()) this.pauseMs = SHORTEST_PAUSE_MS;
    } catch (error) {
      this.pauseMs = LONGEST_PAUSE_MS;
      this.logger.error('It cannot be found out what is to be delivered.', error);
    }
    this.lookIn(this.pauseMs);
  }
}
