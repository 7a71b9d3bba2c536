import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { PreparedQuery } from '../database/prepared-query.js';
import type { HeartRateMinuteTable, MeasurementTables } from '../database/resource-server/measurements.js';
import { chunkOf, MINUTES_AT_ONCE, type MinuteChunk, type MinuteRange, MinuteSource } from './minute.js';
import { MinuteVariabilities } from './minute-variabilities.js';

const MINUTES = new PreparedQuery<MeasurementTables, MinuteRange, HeartRateMinuteTable>((kysely, value) =>
  kysely
    .selectFrom('heart_rate_minute')
    .selectAll()
    .where('resource_id', '=', value('resourceId'))
    .where('minute_ms', '>=', value('fromMs'))
    .where('minute_ms', '<', value('toMs'))
    .orderBy('minute_ms')
    .limit(MINUTES_AT_ONCE),
);

/** Minutes with all of their samples, the minute that is not over included: for whoever may see every sample. */
@Injectable()
export class WholeMinutes extends MinuteSource {
  constructor(
    private readonly database: Database<MeasurementTables>,
    private readonly variabilities: MinuteVariabilities,
  ) {
    super();
  }

  override async read(range: MinuteRange): Promise<MinuteChunk> {
    const rows = await MINUTES.execute(this.database.kysely, range);
    const stale = rows.filter((row) => row.hrv_samples !== row.rr_samples).map((row) => row.minute_ms);
    if (stale.length === 0) return chunkOf(rows);
    await this.variabilities.refresh(range.resourceId, stale);
    return { ...chunkOf(await MINUTES.execute(this.database.kysely, range)), updated: stale.length };
  }
}
