import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';

import { checkDemand } from './scope-demand.js';
import { UmaGuard } from './uma.guard.js';
import { UMA_PROTECTION } from './uma-protection.metadata.js';
import type { UmaProtection } from './uma-protection.js';

/**
 * Opens a route of a controller or an event of a socket.io gateway (or all of them) to bearers of a requesting party token
 * for the resource with these scopes, and to nobody else.
 *
 * ```ts
 * @Get('resources/:id/heart-rate')
 * @UmaProtect({ resource: { param: 'id' }, scopes: ['heart-rate:read'] })
 *
 * @SubscribeMessage('print')
 * @UmaProtect({ resource: { param: 'photos' }, scopes: { anyOf: ['print', 'edit'] } })
 * ```
 *
 * @throws Error when no scope is named: a permission without scopes is never access
 * @see UMA 2.0 Grant sections 3.2 and 3.5
 */
export function UmaProtect(protection: UmaProtection): ClassDecorator & MethodDecorator {
  checkDemand(protection.scopes);
  return applyDecorators(SetMetadata(UMA_PROTECTION, protection), UseGuards(UmaGuard));
}
