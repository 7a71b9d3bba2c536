import { applyDecorators, UseFilters, UseGuards } from '@nestjs/common';

import { OAuthRefusalFilter } from './oauth-refusal.filter.js';
import { OAuthGuard } from './oauth.guard.js';
import { RequiredScopes } from './required-scopes.js';

/** What a request needs to reach a protected route. */
export interface OAuthProtection {
  /** The access token has to have all of them; none means that any valid token will do. */
  readonly scopes: readonly string[];
}

/**
 * Protects a route, or all routes of a controller, by access tokens of this server. The handler does not run unless the
 * token is valid and has the scopes.
 *
 * @see RFC 6750
 */
export function OAuthProtect({ scopes }: OAuthProtection): MethodDecorator & ClassDecorator {
  return applyDecorators(RequiredScopes(scopes), UseGuards(OAuthGuard), UseFilters(OAuthRefusalFilter));
}
