import { sql, type Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Dialect } from '../../database/database.js';
import { SUBMITTED_TICKET_SECONDS } from './polling.js';

/** How many of the tickets are remembered with which a client came again while the owner was being asked. */
export const REMEMBERED_POLLS = 10;

/**
 * Forgets all but the last tickets with which a client came again: it may do so for a day, and as often as it likes. The
 * tickets from before it waited, which have been in other hands, are remembered with the process.
 */
export async function forgetFormerPolls(
  within: Transaction<UmaTables>,
  dialect: Dialect,
  processId: string,
): Promise<void> {
  await within
    .deleteFrom('uma_ticket')
    .where('handle_digest', 'in', (used) =>
      used
        .selectFrom('uma_ticket')
        .select('handle_digest')
        .where('process_id', '=', processId)
        .where('consumed_ms', 'is not', null)
        .where(sql<number>`expires_ms - issued_ms`, '=', SUBMITTED_TICKET_SECONDS * 1000)
        .orderBy('consumed_ms', 'desc')
        // SQLite takes an offset only with a limit; each poll leaves one to forget.
        .limit(REMEMBERED_POLLS)
        .offset(REMEMBERED_POLLS)
        // Whoever closes the process holds its tickets one by one, and may be waiting for this transaction.
        .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked()),
    )
    .execute();
}
