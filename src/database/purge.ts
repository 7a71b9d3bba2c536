import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** Deletes now and then what has expired, so that tables grow with use and not with time. Nothing else relies on it. */
export abstract class Purge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly everyMinutes: number) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.purgeOrTell(), this.everyMinutes * 60_000).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Deletes what has expired by now. */
  abstract purge(): Promise<unknown>;

  private async purgeOrTell(): Promise<void> {
    try {
      await this.purge();
    } catch (error) {
      this.logger.warn('What has expired could not be deleted; it is tried again later.', error);
    }
  }
}
