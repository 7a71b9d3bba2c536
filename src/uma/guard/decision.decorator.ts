import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { notedDecisions } from './decisions-of-messages.js';
import type { UmaDecision } from './uma-decision.js';

/** The decisions about the call that a handler serves. @throws Error on a route without `@UmaProtect` */
export function decisionsOf(context: ExecutionContext): readonly UmaDecision[] {
  const decisions =
    context.getType() === 'ws'
      ? notedDecisions(context)
      : context.switchToHttp().getRequest<FastifyRequest>().uma?.decisions;
  if (decisions === undefined) throw new Error('@Decision() needs @UmaProtect() on the handler.');
  return decisions;
}

/** The decision about a call for one resource. @throws Error when it is for several, or without `@UmaProtect` */
export function decisionOf(context: ExecutionContext): UmaDecision {
  const [decision, another] = decisionsOf(context);
  if (decision === undefined || another !== undefined) throw new Error('A call for several resources: @Decisions().');
  return decision;
}

/** Gives a handler the {@link UmaDecision} that let the call pass: the resource, the scopes, the client. */
export const Decision = createParamDecorator((_unused: unknown, context: ExecutionContext) => decisionOf(context));

/** The same for a call that is for several resources, in their order. */
export const Decisions = createParamDecorator((_unused: unknown, context: ExecutionContext) => decisionsOf(context));
