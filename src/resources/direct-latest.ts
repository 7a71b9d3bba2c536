import type { IncomingMessage } from 'node:http';

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import { type DirectAnswer, DirectRoutes } from '../common/direct-routes.js';
import { Measurements } from '../measurements/measurements.js';
import { GUARDED_CACHE_CONTROL, HttpEntrance } from '../uma/guard/http-entrance.js';
import { heartRateOf } from './heart-rate-answer.js';
import { readScope } from './heart-rate-resource.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';
import { viewOf } from './view.js';

/** What viewers ask for most, the newest heart rate with a token whose decision is remembered, past the framework. */
@Injectable()
export class DirectLatest implements OnModuleInit {
  private readonly protection: { readonly scopes: readonly string[] };

  constructor(
    private readonly routes: DirectRoutes,
    private readonly entrance: HttpEntrance,
    private readonly measurements: Measurements,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {
    this.protection = { scopes: [readScope(options.legacyScope)] };
  }

  onModuleInit(): void {
    this.routes.addRead({
      path: '/resources/:id/heart-rate/latest',
      cacheControl: GUARDED_CACHE_CONTROL,
      answer: (id, request) => this.answer(id, request),
    });
  }

  private async answer(id: string, request: IncomingMessage): Promise<DirectAnswer | undefined> {
    const [decision] = this.entrance.remembered(request, {}, this.protection, id)?.decisions ?? [];
    if (decision === undefined || !viewOf(decision.scopes, this.options.legacyScope).samples) return undefined;
    const sample = await this.measurements.latest(decision.resource.id);
    return sample && { status: 200, body: heartRateOf(sample) };
  }
}
