import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Decision, DecisionRequest } from './decision.js';

/** Port to whatever decides about access. */
export abstract class DecisionPoint {
  /**
   * Answers each request, in their order.
   *
   * @param within the transaction that acts on the answers: what they rest on does not change before it ends, so that no
   * token is issued on a share that is being withdrawn
   */
  abstract decide(requests: readonly DecisionRequest[], within: Transaction<UmaTables>): Promise<readonly Decision[]>;
}
