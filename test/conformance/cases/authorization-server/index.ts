import type { ConformanceCase } from '../../suite/conformance-case.js';
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
export const authorizationServerCases: readonly ConformanceCase<World>[] = [
  ...discoveryCases,
  ...protectionCases,
  ...registrationCases,
  ...permissionCases,
  ...grantCases,
  ...ticketCases,
  ...claimCases,
  ...approvalCases,
  ...upgradeCases,
  ...persistedClaimsCases,
  ...revocationCases,
  ...claimsInteractionCases,
  ...introspectionCases,
].sort((one, other) => numberOf(one.id) - numberOf(other.id));

/** The number of a case; the order of its parts stays. `T32b` follows `T32`. */
function numberOf(id: string): number {
  const [, number = '', letter = ''] = /^T(\d+)(b?)/.exec(id) ?? [];
  return Number(number) + (letter === '' ? 0 : 0.5);
}
