import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { Purge } from '../../database/purge.js';
import { UmaOptions } from './uma-options.js';

/** Deletes expired permission tickets and requesting party tokens. */
@Injectable()
export class ExpiryPurge extends Purge {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {
    super(1);
  }

  /** Deletes tokens at their expiry, and tickets as soon as no token that came out of them can be left. */
  override async purge(): Promise<void> {
    const { kysely } = this.database;
    const forgetBeforeMs = this.clock.nowMs() - this.options.rptLifetimeSeconds * 1000;
    await kysely.deleteFrom('uma_rpt').where('expires_at', '<=', this.clock.nowSeconds()).execute();
    await kysely.deleteFrom('uma_ticket').where('expires_ms', '<=', forgetBeforeMs).execute();
    await kysely
      .deleteFrom('uma_process')
      .where('id', 'not in', (ticket) => ticket.selectFrom('uma_ticket').select('process_id'))
      .execute();
  }
}
