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

  /**
   * Deletes tokens at their expiry, and tickets a token's lifetime after theirs. A ticket stays longer while its process
   * has a token, or a ticket that may still be presented: a second presentation has to end those.
   */
  override async purge(): Promise<void> {
    const { kysely } = this.database;
    const nowMs = this.clock.nowMs();
    await kysely.deleteFrom('uma_rpt').where('expires_at', '<=', this.clock.nowSeconds()).execute();
    await kysely
      .deleteFrom('uma_ticket')
      .where('expires_ms', '<=', nowMs - this.options.rptLifetimeSeconds * 1000)
      .where('process_id', 'not in', (rpt) => rpt.selectFrom('uma_rpt').select('process_id'))
      .where('process_id', 'not in', (ticket) =>
        ticket.selectFrom('uma_ticket').select('process_id').where('expires_ms', '>', nowMs),
      )
      .execute();
    await kysely
      .deleteFrom('uma_process')
      .where('id', 'not in', (ticket) => ticket.selectFrom('uma_ticket').select('process_id'))
      .execute();
  }
}
