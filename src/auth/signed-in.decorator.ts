import { applyDecorators, UseGuards } from '@nestjs/common';

import { CsrfGuard } from './csrf.guard.js';
import { SignedInGuard } from './signed-in.guard.js';

/** Opens a route (or all routes of a controller) to people who are signed in, and protects it against forged calls. */
export function SignedIn(): ClassDecorator & MethodDecorator {
  return applyDecorators(UseGuards(SignedInGuard, CsrfGuard));
}
