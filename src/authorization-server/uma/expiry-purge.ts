import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { UmaOptions } from './uma-options.js';

const INTERVAL_MS = 60_000;

/** Deletes what has expired, once a minute. Nothing relies on it but the size of the tables. */
@Injectable()
export class ExpiryPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ExpiryPurge.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.purgeOrTell(), INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Deletes tokens at their expiry, and tickets as soon as no token that came out of them can be left. */
  async purge(): Promise<void> {
    const { kysely } = this.database;
    const forgetBeforeMs = this.clock.nowMs() - this.options.rptLifetimeSeconds * 1000;
    await kysely.deleteFrom('uma_rpt').where('expires_at', '<=', this.clock.nowSeconds()).execute();
    await kysely.deleteFrom('uma_ticket').where('expires_ms', '<=', forgetBeforeMs).execute();
    await kysely
      .deleteFrom('uma_process')
      .where('id', 'not in', (ticket) => ticket.selectFrom('uma_ticket').select('process_id'))
      .execute();
  }

  private async purgeOrTell(): Promise<void> {
    try {
      await this.purge();
    } catch (error) {
      this.logger.warn(error, 'Expired tickets and tokens could not be deleted; it is tried again later.');
    }
  }
}
