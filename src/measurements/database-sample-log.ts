import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import type { MeasurementTables } from '../database/resource-server/measurements.js';
import { Hub } from './hub.js';
import { type LoggedSample, type LogListener, SampleLog } from './sample-log.js';
import { loggedSampleOf } from './sample-row.js';

/** The samples in the order in which they were stored, read from where they are stored. */
@Injectable()
export class DatabaseSampleLog extends SampleLog {
  constructor(
    private readonly database: Database<MeasurementTables>,
    private readonly hub: Hub,
  ) {
    super();
  }

  override async positionOf(resourceId: string): Promise<number> {
    const row = await this.database.kysely
      .selectFrom('heart_rate_position')
      .select('position')
      .where('resource_id', '=', resourceId)
      .executeTakeFirst();
    return row?.position ?? 0;
  }

  override async after(resourceId: string, position: number, limit: number): Promise<readonly LoggedSample[]> {
    const rows = await this.database.kysely
      .selectFrom('heart_rate_sample')
      .selectAll()
      .where('resource_id', '=', resourceId)
      .where('position', '>', position)
      .orderBy('position')
      .limit(limit)
      .execute();
    return rows.map(loggedSampleOf);
  }

  override async newestUpTo(resourceId: string, position: number): Promise<LoggedSample | undefined> {
    const row = await this.database.kysely
      .selectFrom('heart_rate_sample')
      .selectAll()
      .where('resource_id', '=', resourceId)
      .where('position', '<=', position)
      .orderBy('recorded_ms', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? undefined : loggedSampleOf(row);
  }

  override subscribe(listener: LogListener): () => void {
    return this.hub.subscribe(listener);
  }
}
