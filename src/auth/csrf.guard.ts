import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { equalInConstantTime } from '../common/digest.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { Sessions } from './sessions.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Stops other sites from acting with a person's cookie: a changing call by somebody who is signed in needs the session's
 * CSRF token, in the header `x-csrf-token` or in the form field `csrf_token`. Who is not signed in has nothing to lose.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  /** @throws UmaError `access_denied` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (SAFE.has(request.method)) return true;
    const session = request.loginSession ?? (await this.sessions.current(request));
    if (session === undefined || equalInConstantTime(presented(request), session.csrfToken)) return true;
    throw new UmaError('access_denied', 'The CSRF token is missing or wrong: reload the page and try again.');
  }
}

function presented({ headers, body }: FastifyRequest): string {
  const field = typeof body === 'object' && body !== null && 'csrf_token' in body ? body.csrf_token : undefined;
  const token = headers['x-csrf-token'] ?? field;
  return typeof token === 'string' ? token : '';
}
