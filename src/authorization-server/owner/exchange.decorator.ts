import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Exchange } from './account-acts.js';

/** The request of the owner's browser, with where its answer goes. The handler still returns the answer's body. */
export const CurrentExchange = createParamDecorator((_options: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
});
