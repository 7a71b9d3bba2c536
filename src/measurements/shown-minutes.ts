import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';

import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { PreparedQuery } from '../database/prepared-query.js';
import type { HeartRateShownMinuteTable, MeasurementTables } from '../database/resource-server/measurements.js';
import { chunkOf, MINUTE_MS, MINUTES_AT_ONCE, type MinuteChunk, type MinuteRange, MinuteSource } from './minute.js';
import { MinuteVariabilities } from './minute-variabilities.js';

/** Fewer samples than these are never shown by themselves, nor told from others. */
export const LEAST_SHOWN = 5;
/** How long after its end a minute is shown at the earliest, in milliseconds: what is on its way may still come. */
export const SETTLING_MS = 30_000;

const SHOWN = new PreparedQuery<MeasurementTables, MinuteRange, HeartRateShownMinuteTable>((kysely, value) =>
  kysely
    .selectFrom('heart_rate_shown_minute')
    .selectAll()
    .where('resource_id', '=', value('resourceId'))
    .where('minute_ms', '>=', value('fromMs'))
    .where('minute_ms', '<', value('toMs'))
    .orderBy('minute_ms')
    .limit(MINUTES_AT_ONCE),
);

interface DueMinute {
  readonly minute_ms: number;
  /** Whether its variability is out of date. */
  readonly stale: number;
}

/** Minutes of which enough is there that is not shown: one more than are dealt with at once. */
const DUE = new PreparedQuery<MeasurementTables, MinuteRange, DueMinute>((kysely, value) =>
  kysely
    .selectFrom('heart_rate_minute as minute')
    .leftJoin('heart_rate_shown_minute as shown', (join) =>
      join.onRef('shown.resource_id', '=', 'minute.resource_id').onRef('shown.minute_ms', '=', 'minute.minute_ms'),
    )
    .select([
      'minute.minute_ms',
      sql<number>`case when minute.hrv_samples = minute.rr_samples then 0 else 1 end`.as('stale'),
    ])
    .where('minute.resource_id', '=', value('resourceId'))
    .where('minute.minute_ms', '>=', value('fromMs'))
    .where('minute.minute_ms', '<', value('toMs'))
    .where(
      sql<boolean>`(minute.count - coalesce(shown.count, 0) >= ${LEAST_SHOWN}
        or minute.rr_samples - coalesce(shown.hrv_samples, 0) >= ${LEAST_SHOWN})`,
    )
    .orderBy('minute.minute_ms')
    .limit(MINUTES_AT_ONCE + 1),
);

/**
 * Minutes as they are shown to whoever may see summaries alone. What is shown of a minute is a copy of it: the first one is
 * made once the minute is over and has {@link LEAST_SHOWN} samples, the next one once it has as many more. So samples are
 * never seen but together with {@link LEAST_SHOWN} − 1 others at least, which no two answers tell apart, whenever they are
 * asked for. Of the samples with RR intervals the same holds, among themselves.
 *
 * Copies are made as somebody asks. Each is one statement that looks at what is shown already: processes that do it at once
 * do not get past this rule.
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
    const toMs = Math.min(range.toMs, this.clock.nowMs() - SETTLING_MS - MINUTE_MS + 1);
    const due = await DUE.execute(this.database.kysely, { ...range, toMs });
    const nextDue = due[MINUTES_AT_ONCE];
    const ready = due.slice(0, MINUTES_AT_ONCE);
    if (ready.length > 0) await this.show(range.resourceId, ready);
    // What is still to be shown is in the next chunk, and so is all that comes after it.
    const knownRange = nextDue === undefined ? range : { ...range, toMs: nextDue.minute_ms };
    const chunk = chunkOf(await SHOWN.execute(this.database.kysely, knownRange));
    return { ...(nextDue && { nextMs: nextDue.minute_ms }), ...chunk, updated: ready.length };
  }

  private async show(resourceId: string, due: readonly DueMinute[]): Promise<void> {
    const stale = due.filter((minute) => minute.stale === 1).map((minute) => minute.minute_ms);
    if (stale.length > 0) await this.variabilities.refresh(resourceId, stale);
    const minutes = due.map((minute) => minute.minute_ms);
    await this.database.transaction((within) => copy(within, resourceId, minutes));
  }
}

async function copy(within: Kysely<MeasurementTables>, resourceId: string, minutes: readonly number[]): Promise<void> {
  const [first = 0] = minutes;
  const last = minutes.at(-1) ?? first;
  await sql`insert into heart_rate_shown_minute as shown (resource_id, minute_ms, count, sum, min, max)
    select resource_id, minute_ms, count, sum, min, max from heart_rate_minute
      where resource_id = ${resourceId} and minute_ms >= ${first} and minute_ms <= ${last} and count >= ${LEAST_SHOWN}
      order by minute_ms
    on conflict (resource_id, minute_ms) do update set
      count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max
      where excluded.count - shown.count >= ${LEAST_SHOWN}`.execute(within);
  await sql`update heart_rate_shown_minute as shown set
      hrv_samples = minute.hrv_samples, rr_count = minute.rr_count, rr_sum = minute.rr_sum,
      rr_square_sum = minute.rr_square_sum, step_count = minute.step_count, step_square_sum = minute.step_square_sum
    from heart_rate_minute as minute
    where minute.resource_id = ${resourceId} and minute.minute_ms >= ${first} and minute.minute_ms <= ${last}
      and shown.resource_id = minute.resource_id and shown.minute_ms = minute.minute_ms
      and minute.hrv_samples = minute.rr_samples
      and minute.hrv_samples - shown.hrv_samples >= ${LEAST_SHOWN}`.execute(within);
}
