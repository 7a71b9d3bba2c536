import type { Expression, ExpressionBuilder, SqlBool, Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Dialect } from '../../database/database.js';

type TicketFilter = (ticket: ExpressionBuilder<UmaTables, 'uma_ticket'>) => Expression<SqlBool>;

/**
 * Deletes the tickets that a condition describes and that were not presented: one that was is remembered, for the case that
 * it is presented again. A ticket that is held is being redeemed just now: that waits for what is being taken back here, and
 * will find it gone.
 */
export async function deleteOpenTickets(
  within: Transaction<UmaTables>,
  dialect: Dialect,
  filter: TicketFilter,
): Promise<void> {
  await within
    .deleteFrom('uma_ticket')
    .where('handle_digest', 'in', (ticket) =>
      ticket
        .selectFrom('uma_ticket')
        .select('handle_digest')
        .where('consumed_ms', 'is', null)
        .where(filter)
        .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked()),
    )
    .execute();
}
