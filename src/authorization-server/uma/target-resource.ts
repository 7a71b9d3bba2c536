import { matchesResourceServer } from '../../uma/protocol/resource-indicator.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { PermissionTicket } from './permission-tickets.js';

/**
 * Stops a resource server that passes on another one's ticket to get a token for it.
 *
 * @param resources where the client means to use the token
 * @throws UmaError `invalid_target`
 * @see RFC 8707 section 2
 */
export function refuseOtherTargets(
  resources: readonly string[],
  { resourceIdentifier, requiresResource }: Pick<PermissionTicket, 'resourceIdentifier' | 'requiresResource'>,
): void {
  if (requiresResource && resources.length === 0) {
    throw new UmaError('invalid_target', 'The parameter resource has to name the resource server.');
  }
  const others = resources.filter(
    (resource) => resourceIdentifier === undefined || !matchesResourceServer(resource, resourceIdentifier),
  );
  if (others.length > 0) {
    throw new UmaError('invalid_target', 'The permission ticket belongs to another resource server.');
  }
}
