import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { UmaError } from '../uma/protocol/uma-error.js';

const FORM = /^application\/x-www-form-urlencoded\b/i;

/** Refuses what is sent as a form, as curl does unless it is told otherwise: read as one, JSON says nothing. */
@Injectable()
export class JsonOnlyGuard implements CanActivate {
  /** @throws UmaError `invalid_request` */
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!FORM.test(headers['content-type'] ?? '')) return true;
    throw new UmaError('invalid_request', 'A sensor sends JSON, and says so: Content-Type: application/json.');
  }
}
