import { Controller, Get, Inject, type Type, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { MAX_PAGE_SIZE, Measurements } from '../measurements/measurements.js';
import { Decision } from '../uma/guard/decision.decorator.js';
import type { UmaDecision } from '../uma/guard/uma-decision.js';
import { UmaGuard } from '../uma/guard/uma.guard.js';
import { UmaProtect } from '../uma/guard/uma-protect.decorator.js';
import { type OldMeasurement, oldMeasurementOf } from './heart-rate-answer.js';
import { LegacyResourceLoader } from './legacy-resource.loader.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';
import { requireView, viewOf } from './view.js';

/**
 * The heart rate under the address of the systems before, for clients that know no other. Its refusals carry ticket and
 * authorization server in the body too. Closed until {@link openOldTo} names the scope that opens it.
 */
@ApiTags('Kept for older clients')
@Controller('hearthRate')
@UseGuards(UmaGuard)
export class OldHeartRateController {
  constructor(
    private readonly measurements: Measurements,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {}

  /** The newest thousand measurements, oldest first. */
  @Get()
  async measurementsOf(@Decision() { resource, scopes }: UmaDecision): Promise<OldMeasurement[]> {
    requireView(viewOf(scopes, this.options.legacyScope).samples);
    return (await this.measurements.newest(resource.id, MAX_PAGE_SIZE)).map(oldMeasurementOf);
  }
}

/** Opens the old address to tokens with a scope. */
export function openOldTo(scope: string): Type<OldHeartRateController> {
  @UmaProtect({ resource: { loader: LegacyResourceLoader }, scopes: [scope], challengeBody: true })
  class OpenOldHeartRateController extends OldHeartRateController {}
  return OpenOldHeartRateController;
}
