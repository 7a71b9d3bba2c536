import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';

import { Database } from '../database/database.js';
import type { HeartRatePositionTable, MeasurementTables } from '../database/resource-server/measurements.js';
import { type BatchColumns, batchRows } from './batch-rows.js';
import { Hub } from './hub.js';
import { type LoggedSample, type LogListener, SampleLog } from './sample-log.js';
import { loggedSampleOf } from './sample-row.js';

const RESOURCE: BatchColumns<string> = { resource_id: { type: 'text', of: (resourceId) => resourceId } };

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
    return (await this.positionsOf([resourceId])).get(resourceId) ?? 0;
  }

  override async positionsOf(resourceIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const wanted = batchRows(this.database.dialect, RESOURCE, resourceIds);
    const { rows } = await sql<HeartRatePositionTable>`
      select resource_id, position from heart_rate_position where resource_id in (${wanted})`.execute(
      this.database.kysely,
    );
    return new Map(rows.map(({ resource_id, position }) => [resource_id, position]));
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
