import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';

import { Clock } from '../common/clock.js';
import { Database, type Dialect } from '../database/database.js';
import { PreparedQuery } from '../database/prepared-query.js';
import type { MeasurementTables } from '../database/resource-server/measurements.js';
import { chunkOf, MINUTE_MS, MINUTES_AT_ONCE, type MinuteChunk, type MinuteRange, MinuteSource } from './minute.js';
import { MinuteQuery } from './minute-query.js';
import { MinuteVariabilities } from './minute-variabilities.js';

/** Fewer samples than these are never shown by themselves, nor told from others. */
export const LEAST_SHOWN = 5;
/** How long after its end a minute is shown at the earliest, in milliseconds: what is on its way may still come. */
export const SETTLING_MS = 30_000;

const SHOWN = new MinuteQuery({
  count: 'shown_count',
  sum: 'shown_sum',
  min: 'shown_min',
  max: 'shown_max',
  variability: 'shown_variability',
});

interface DueMinute {
  readonly minute_ms: number;
  readonly is_stale: number;
}

/** The first minutes of which enough is there that is not shown. */
const DUE = new PreparedQuery<MeasurementTables, MinuteRange, DueMinute>((kysely, value) =>
  kysely
    .selectFrom('heart_rate_minute')
    .select(['minute_ms', sql<number>`case when variability_samples = rr_samples then 0 else 1 end`.as('is_stale')])
    .where('resource_id', '=', value('resourceId'))
    .where('minute_ms', '>=', value('fromMs'))
    .where('minute_ms', '<', value('toMs'))
    .where(
      sql<boolean>`(count - shown_count >= ${LEAST_SHOWN} or rr_samples - shown_variability_samples >= ${LEAST_SHOWN})`,
    )
    .orderBy('minute_ms')
    .limit(MINUTES_AT_ONCE),
);

/**
 * Minutes as they are shown to whoever may see summaries alone. What is shown of a minute is a copy of what is known of it:
 * the first one is made once the minute is over and has {@link LEAST_SHOWN} samples, the next one once it has as many more.
 * So a sample is never seen but together with {@link LEAST_SHOWN} − 1 others at least, which no two answers tell apart,
 * whenever they are asked for. Of the samples with RR intervals the same holds among themselves.
 *
 * Copies are made as somebody asks. Each is made of a minute by one statement that looks at what is shown already:
 * processes that do it at once do not get past this rule.
 */
@Injectable()
export class ShownMinutes extends MinuteSource {
  constructor(
    private readonly database: Database<MeasurementTables>,
    private readonly variabilities: MinuteVariabilities,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async read(range: MinuteRange): Promise<MinuteChunk> {
    const settledMs = this.clock.nowMs() - SETTLING_MS - MINUTE_MS + 1;
    const due = await DUE.execute(this.database.kysely, { ...range, toMs: Math.min(range.toMs, settledMs) });
    if (due.length > 0) await this.show(range.resourceId, due);
    // When more are due than were dealt with, those are shown that make the chunk full: none is passed over.
    const { minutes } = await SHOWN.find(this.database.kysely, range);
    return { ...chunkOf(minutes), updated: due.length };
  }

  private async show(resourceId: string, due: readonly DueMinute[]): Promise<void> {
    const minutes = due.map((minute) => minute.minute_ms);
    const stale = minutes.filter((_minute, index) => due[index]?.is_stale === 1);
    if (stale.length > 0) await this.variabilities.refresh(resourceId, stale);
    await this.database.transaction((within) => copy(within, this.database.dialect, resourceId, minutes));
  }
}

async function copy(
  within: Kysely<MeasurementTables>,
  dialect: Dialect,
  resourceId: string,
  minutes: readonly number[],
): Promise<void> {
  const [first = 0] = minutes;
  const last = minutes.at(-1) ?? first;
  const range = sql`resource_id = ${resourceId} and minute_ms >= ${first} and minute_ms <= ${last}`;
  // In the order in which samples are added up, so that neither waits for the other in a circle.
  if (dialect === 'postgres') {
    await sql`select from heart_rate_minute where ${range} order by minute_ms for update`.execute(within);
  }
  await sql`update heart_rate_minute
    set shown_count = count, shown_sum = sum, shown_min = min, shown_max = max
    where ${range} and count - shown_count >= ${LEAST_SHOWN}`.execute(within);
  await sql`update heart_rate_minute
    set shown_variability_samples = variability_samples, shown_variability = variability
    where ${range} and variability_samples - shown_variability_samples >= ${LEAST_SHOWN}`.execute(within);
}
