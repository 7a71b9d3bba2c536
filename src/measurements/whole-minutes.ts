import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import type { MeasurementTables } from '../database/resource-server/measurements.js';
import { chunkOf, type MinuteChunk, type MinuteRange, MinuteSource } from './minute.js';
import { MinuteQuery } from './minute-query.js';
import { MinuteVariabilities } from './minute-variabilities.js';

const WHOLE = new MinuteQuery({ count: 'count', sum: 'sum', min: 'min', max: 'max', variability: 'variability' });

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
    const { minutes, stale } = await WHOLE.find(this.database.kysely, range);
    if (stale.length === 0) return chunkOf(minutes);
    await this.variabilities.refresh(range.resourceId, stale);
    const refreshed = await WHOLE.find(this.database.kysely, range);
    return { ...chunkOf(refreshed.minutes), updated: stale.length };
  }
}
