// Our resource server with a route beside its own: a summary that is not added up from minutes but from samples.
import 'reflect-metadata';

import { Controller, Get, Module, Param, Query, UseGuards } from '@nestjs/common';
import { sql } from 'kysely';

import { resourceServerProcess } from '../../src/apps/resource-server.process.js';
import { runProcess } from '../../src/bootstrap/run-process.js';
import { Database } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { UmaProtect } from '../../src/uma/guard/uma-protect.decorator.js';
import { UmaGuard } from '../../src/uma/guard/uma.guard.js';
import { SCOPE } from './shared-resource.js';

interface Row {
  readonly start_ms: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

@Controller('resources/:id/heart-rate/summary-of-samples')
@UseGuards(UmaGuard)
class SamplesController {
  constructor(private readonly database: Database<MeasurementTables>) {}

  @Get()
  @UmaProtect({ resource: { param: 'id' }, scopes: [SCOPE] })
  async summary(
    @Param('id') id: string,
    @Query() { from = '', to = '', minutes = '1' }: Readonly<Record<string, string>>,
  ): Promise<object> {
    const bucketMs = Number(minutes) * 60_000;
    const { rows } = await sql<Row>`
      select recorded_ms / ${sql.lit(bucketMs)} * ${sql.lit(bucketMs)} as start_ms, count(*) as count,
        sum(heart_rate) as sum, min(heart_rate) as min, max(heart_rate) as max
      from heart_rate_sample
      where resource_id = ${id} and recorded_ms >= ${Date.parse(from)} and recorded_ms < ${Date.parse(to)}
      group by 1 order by 1`.execute(this.database.kysely);
    return {
      buckets: rows.map(({ start_ms: startMs, count, sum, min, max }) => {
        return { start: new Date(startMs).toISOString(), count, min, mean: sum / count, max };
      }),
    };
  }
}

@Module({ controllers: [SamplesController] })
class SamplesModule {}

await runProcess({
  ...resourceServerProcess,
  async module(environment, demo) {
    return { module: SamplesModule, imports: [await resourceServerProcess.module(environment, demo)] };
  },
});
