import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { UmaDecision } from './uma-decision.js';

/** The decision of the request that a handler serves. @throws Error on a route without `@UmaProtect` */
export function decisionOf(context: ExecutionContext): UmaDecision {
  const { umaDecision } = context.switchToHttp().getRequest<FastifyRequest>();
  if (umaDecision === undefined) throw new Error('@Decision() needs @UmaProtect() on the route.');
  return umaDecision;
}

/** Gives a handler the {@link UmaDecision} that let the call pass: the resource, the scopes, the client. */
export const Decision = createParamDecorator((_unused: unknown, context: ExecutionContext) => decisionOf(context));
