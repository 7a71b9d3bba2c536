import { type Expression, expressionBuilder, type SqlBool } from 'kysely';

import type { EventTables } from '../../database/authorization-server/events.js';

/** Of the events about one thing each receiver gets one after the other: the condition that no earlier one is left. */
export function isFirstAboutIt(): Expression<SqlBool> {
  const row = expressionBuilder<EventTables, 'event_delivery'>();
  return row.not(
    row.exists(
      row
        .selectFrom('event_delivery as earlier')
        .select('earlier.id')
        .whereRef('earlier.receiver_id', '=', 'event_delivery.receiver_id')
        .whereRef('earlier.about', '=', 'event_delivery.about')
        .whereRef('earlier.position', '<', 'event_delivery.position'),
    ),
  );
}
