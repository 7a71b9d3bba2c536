import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * What a protection API access token (PAT) stands for: one resource owner at one resource server. Every look-up of the
 * protection API is limited to both; what belongs to others seems not to exist.
 *
 * @see UMA 2.0 Federated Authorization section 1.3
 */
export interface Pat {
  /** Account id of the resource owner. */
  readonly ownerId: string;
  /** Client id of the resource server. */
  readonly resourceServer: string;
}

/** A request that {@link PatGuard} let through. */
export interface RequestWithPat extends FastifyRequest {
  pat?: Pat;
}

/** The PAT of the request, in a handler behind the `PatGuard`. */
export const CurrentPat = createParamDecorator((_options: unknown, context: ExecutionContext): Pat => {
  const { pat } = context.switchToHttp().getRequest<RequestWithPat>();
  if (pat === undefined) throw new Error('A handler that takes a PAT stands behind no PatGuard.');
  return pat;
});
