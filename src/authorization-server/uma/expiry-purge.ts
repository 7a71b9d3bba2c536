import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { Purge } from '../../database/purge.js';
import { REFUSAL_LASTS_MS } from '../policy/share.decision-point.js';
import { UmaOptions } from './uma-options.js';

/** Deletes expired permission tickets, tokens, claims, marks of used claim tokens, and access requests answered long ago. */
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
   * Deletes tokens at their end, and tickets a token's lifetime after theirs. A ticket stays longer while its process has
   * a token, kept claims, or a ticket that may still be presented: a second presentation has to end those.
   */
  override async purge(): Promise<void> {
    const { kysely } = this.database;
    const [nowMs, now] = [this.clock.nowMs(), this.clock.nowSeconds()];
    await kysely.deleteFrom('uma_rpt').where('ends_at', '<=', now).execute();
    await kysely.deleteFrom('uma_pct').where('expires_at', '<=', now).execute();
    await kysely.deleteFrom('used_claim_token').where('expires_at', '<=', now).execute();
    await kysely
      .deleteFrom('access_request')
      .where('status', '<>', 'pending')
      .where('decided_ms', '<=', nowMs - REFUSAL_LASTS_MS)
      .execute();
    await kysely
      .deleteFrom('uma_ticket')
      .where('expires_ms', '<=', nowMs - this.options.rptLifetimeSeconds * 1000)
      // PostgreSQL would go through the whole list of a `not in` for each ticket.
      .where((ticket) => {
        const rpts = ticket.selectFrom('uma_rpt').select('id');
        return ticket.not(ticket.exists(rpts.whereRef('uma_rpt.process_id', '=', 'uma_ticket.process_id')));
      })
      .where((ticket) => {
        const pcts = ticket.selectFrom('uma_pct').select('handle_digest');
        return ticket.not(ticket.exists(pcts.whereRef('uma_pct.process_id', '=', 'uma_ticket.process_id')));
      })
      .where((ticket) => {
        const open = ticket
          .selectFrom('uma_ticket as open')
          .select('open.process_id')
          .where('open.expires_ms', '>', nowMs);
        return ticket.not(ticket.exists(open.whereRef('open.process_id', '=', 'uma_ticket.process_id')));
      })
      .execute();
  }
}
