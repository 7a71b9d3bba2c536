import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';

import { UmaGuard } from './uma.guard.js';
import { UMA_PROTECTION } from './uma-protection.metadata.js';
import type { UmaProtection } from './uma-protection.js';

/**
 * Opens a route (or all routes of a controller) to bearers of a requesting party token for the resource with these
 * scopes, and to nobody else.
 *
 * ```ts
 * @Get('resources/:id/heart-rate')
 * @UmaProtect({ resource: { param: 'id' }, scopes: ['heart-rate:read'] })
 * ```
 *
 * @throws Error when `scopes` is empty: a permission without scopes is never access
 * @see UMA 2.0 Grant sections 3.2 and 3.5
 */
export function UmaProtect(protection: UmaProtection): ClassDecorator & MethodDecorator {
  if (protection.scopes.length === 0) throw new Error('@UmaProtect needs at least one scope.');
  return applyDecorators(SetMetadata(UMA_PROTECTION, protection), UseGuards(UmaGuard));
}
