import type { ConformanceCase } from '../../suite/conformance-case.js';
import { inOrder } from '../../suite/order.js';
import type { ClientWorld } from '../../world/client-world.js';
import { challengeCases } from './challenge.js';
import { claimCases } from './claims.js';
import { endingCases } from './endings.js';
import { trustCases } from './trust.js';

/** T47 to T54, in the order of their numbers. */
export const clientCases: readonly ConformanceCase<ClientWorld>[] = inOrder(
  challengeCases,
  trustCases,
  claimCases,
  endingCases,
);
