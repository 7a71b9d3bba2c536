import { Controller, Get, Header, HttpStatus, Inject, Logger, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';

import { HEALTH_CHECKS, type HealthCheck } from './health-check.js';

const TIMEOUT_MS = 3000;

/** Tells those who run the server whether it lives, and whether it can serve. */
@ApiTags('Operation')
@Controller('health')
export class HealthController {
  private readonly logger = new Logger(HealthController.name);
  private readonly failing = new Set<string>();

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[],
  ) {}

  /** The process runs. */
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** Says which checks passed and which failed; why one failed is in the log. */
  @Get('ready')
  @ApiServiceUnavailableResponse({ description: 'It cannot serve.' })
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    try {
      return await this.health.check(this.checks.map((check) => () => this.outcomeOf(check)));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
      return error.getResponse();
    }
  }

  private async outcomeOf(check: HealthCheck): Promise<HealthIndicatorResult> {
    const session = this.indicators.check(check.name);
    const result = await session.attempt(() => check.check()).withTimeout(TIMEOUT_MS);
    const { status, message } = result[check.name] as { status: string; message?: string };
    if (status === 'up') {
      this.failing.delete(check.name);
      return session.up();
    }
    // A probe comes every few seconds: one line is enough until the check passes again.
    if (!this.failing.has(check.name)) this.logger.warn(`Not ready: ${check.name} (${message ?? 'no reason given'})`);
    this.failing.add(check.name);
    return session.down();
  }
}
