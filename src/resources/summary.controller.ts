import { Controller, Get, Inject, Query, type Type, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Summaries } from '../measurements/summaries.js';
import type { ZoneOffsets } from '../measurements/zone-offsets.js';
import { Decision } from '../uma/guard/decision.decorator.js';
import type { UmaDecision } from '../uma/guard/uma-decision.js';
import { UmaGuard } from '../uma/guard/uma.guard.js';
import { UmaProtect } from '../uma/guard/uma-protect.decorator.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { summaryScopes } from './heart-rate-resource.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';
import { timeOfQuery } from './rfc3339-query.js';
import { type HeartRateSummary, heartRateSummaryOf } from './summary-answers.js';
import { bucketMinutes } from './summary-bucket.js';
import { SummaryQuery } from './summary.query.dto.js';
import { requireView, viewOf } from './view.js';

/** The heart rate summed up: for whoever its owner allows. Closed until {@link openSummary} names the scope that opens it. */
@ApiTags('Heart rate')
@Controller('resources/:id/heart-rate/summary')
@UseGuards(UmaGuard)
export class SummaryController {
  constructor(
    private readonly summaries: Summaries,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {}

  /** Minutes, hours or days of a range, oldest first, in pages; those without a sample are left out. */
  @Get()
  async summary(
    @Decision() { resource, scopes }: UmaDecision,
    @Query() query: SummaryQuery,
  ): Promise<HeartRateSummary> {
    const view = viewOf(scopes, this.options.legacyScope).buckets;
    requireView(view !== 'none');
    const { bucket = 'PT1M', timeZone = 'UTC', cursor, limit } = query;
    const zone = this.zone(timeZone);
    const minutes = bucketMinutes(bucket);
    const fromMs = timeOfQuery('from', query.from);
    const toMs = timeOfQuery('to', query.to);
    const page = await this.summaries.page(resource.id, { minutes, zone, view, fromMs, toMs, cursor, limit });
    return heartRateSummaryOf(page, zone);
  }

  private zone(name: string): ZoneOffsets {
    try {
      return this.summaries.zone(name);
    } catch (cause) {
      const description = 'timeZone must be the name of an IANA zone, such as Europe/Berlin.';
      throw new UmaError('invalid_request', description, {}, { cause });
    }
  }
}

/** Opens summaries to tokens with one of the scopes: their names are a setting, and a decorator knows none. */
export function openSummary(legacyScope?: string): Type<SummaryController> {
  @UmaProtect({ resource: { param: 'id' }, scopes: { anyOf: summaryScopes(legacyScope) } })
  class OpenSummaryController extends SummaryController {}
  return OpenSummaryController;
}
