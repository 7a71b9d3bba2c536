import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { EventStreams } from './event-streams.js';
import { GrantWatch } from './grant-watch.js';
import { LiveGateway } from './live.gateway.js';
import { LiveStreams } from './live-streams.js';

const LOOK_EVERY_MS = 1_000;

/** Has everybody look after the live streams, each second. */
@Injectable()
export class LiveTicker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LiveTicker.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly watch: GrantWatch,
    private readonly gateway: LiveGateway,
    private readonly events: EventStreams,
    private readonly streams: LiveStreams,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    try {
      this.watch.look();
      this.gateway.look();
      this.events.look();
      await this.streams.readOn();
    } catch (error) {
      this.logger.error(
        'The live streams could not be looked after.',
        error instanceof Error ? error.stack : undefined,
      );
    }
  }
}
