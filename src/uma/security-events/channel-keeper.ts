import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { ChannelWatch } from './channel-watch.js';
import { Transmitters } from './transmitters.js';

const LOOK_EVERY_MS = 500;

/** Keeps the channels of all authorization servers alive. */
@Injectable()
export class ChannelKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('SecurityEvents');
  private readonly watches: readonly ChannelWatch[];
  private timer: NodeJS.Timeout | undefined;

  constructor(transmitters: Transmitters, clock: Clock) {
    this.watches = transmitters.all().map((transmitter) => new ChannelWatch(transmitter, clock));
  }

  /** The server listens only after this, so that the first look is a moment later. */
  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    for (const outcome of await Promise.allSettled(this.watches.map((watch) => watch.look()))) {
      if (outcome.status === 'rejected') this.logger.error(outcome.reason);
    }
  }
}
