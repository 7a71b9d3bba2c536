import type { ConformanceCase } from '../../suite/conformance-case.js';
import { inOrder } from '../../suite/order.js';
import type { World } from '../../world/world.js';
import { approvalCases } from './approval.js';
import { claimCases } from './claims.js';
import { claimsInteractionCases } from './claims-interaction.js';
import { discoveryCases } from './discovery.js';
import { grantCases } from './grant.js';
import { introspectionCases } from './introspection.js';
import { permissionCases } from './permission.js';
import { persistedClaimsCases } from './persisted-claims.js';
import { protectionCases } from './protection.js';
import { registrationCases } from './registration.js';
import { revocationCases } from './revocation.js';
import { ticketCases } from './ticket.js';
import { upgradeCases } from './upgrade.js';

export { trafficCases } from './traffic.js';

/** T01 to T40, in the order of their numbers. */
export const authorizationServerCases: readonly ConformanceCase<World>[] = inOrder(
  discoveryCases,
  protectionCases,
  registrationCases,
  permissionCases,
  grantCases,
  ticketCases,
  claimCases,
  approvalCases,
  upgradeCases,
  persistedClaimsCases,
  revocationCases,
  claimsInteractionCases,
  introspectionCases,
);
