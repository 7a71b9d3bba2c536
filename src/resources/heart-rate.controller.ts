import { Controller, Get, Inject, Query, Res, type Type, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Measurements } from '../measurements/measurements.js';
import { Decision } from '../uma/guard/decision.decorator.js';
import type { UmaDecision } from '../uma/guard/uma-decision.js';
import { UmaGuard } from '../uma/guard/uma.guard.js';
import { UmaProtect } from '../uma/guard/uma-protect.decorator.js';
import { HeartRate, heartRateOf, type HeartRatePage, heartRatePageOf } from './heart-rate-answer.js';
import { HeartRateQuery } from './heart-rate.query.dto.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';
import { timeOfQuery } from './rfc3339-query.js';
import { requireView, viewOf } from './view.js';

/** The heart rate itself: for whoever its owner allows. Closed until {@link openTo} names the scope that opens it. */
@ApiTags('Heart rate')
@Controller('resources/:id/heart-rate')
@UseGuards(UmaGuard)
export class HeartRateController {
  constructor(
    private readonly measurements: Measurements,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {}

  /** Samples of a range, oldest first, in pages. */
  @Get()
  async range(@Decision() decision: UmaDecision, @Query() query: HeartRateQuery): Promise<HeartRatePage> {
    this.requireSamples(decision);
    const fromMs = timeOfQuery('from', query.from);
    const toMs = timeOfQuery('to', query.to);
    const { cursor, limit } = query;
    return heartRatePageOf(await this.measurements.range(decision.resource.id, { fromMs, toMs, cursor, limit }));
  }

  /** The newest sample; 204 while there is none. */
  @Get('latest')
  @ApiOkResponse({ type: HeartRate })
  @ApiNoContentResponse({ description: 'There is none yet.' })
  async latest(
    @Decision() decision: UmaDecision,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HeartRate | undefined> {
    this.requireSamples(decision);
    const sample = await this.measurements.latest(decision.resource.id);
    if (sample === undefined) void reply.status(204);
    return sample && heartRateOf(sample);
  }

  private requireSamples({ scopes }: UmaDecision): void {
    requireView(viewOf(scopes, this.options.legacyScope).samples);
  }
}

/** Opens the heart rate to tokens with a scope: its name is a setting, and a decorator knows none. */
export function openTo(scope: string): Type<HeartRateController> {
  @UmaProtect({ resource: { param: 'id' }, scopes: [scope] })
  class OpenHeartRateController extends HeartRateController {}
  return OpenHeartRateController;
}
