import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { SealedRptStore } from './sealed-rpt-store.js';

const EVERY_MS = 10 * 60_000;

/** Forgets expired requesting party tokens now and then. */
@Injectable()
export class RptPurge implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RptPurge.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: SealedRptStore,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.purge(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async purge(): Promise<void> {
    try {
      await this.store.purge(this.clock.nowMs());
    } catch (error) {
      this.logger.warn('Expired tokens could not be removed; trying again later.', error);
    }
  }
}
