import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { LoginSession } from './login-session.js';

/** Gives a handler the session of whoever is signed in. @throws Error on a route without `@SignedIn()` */
export const CurrentSession = createParamDecorator((_unused: unknown, context: ExecutionContext): LoginSession => {
  const { loginSession } = context.switchToHttp().getRequest<FastifyRequest>();
  if (loginSession === undefined) throw new Error('@CurrentSession() needs @SignedIn() on the route.');
  return loginSession;
});
