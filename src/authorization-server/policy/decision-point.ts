import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Decision, Evaluation } from './decision.js';

/** Port to whatever decides about access. */
export abstract class DecisionPoint {
  /**
   * Answers each question, in their order.
   *
   * @param evaluations all of one requesting party, one client and one owner
   * @param within the transaction that acts on the answers: what they rest on does not change before it ends, so that no
   * token is issued on a share that is being withdrawn
   * @see AuthZEN Authorization API 1.0 section 6
   */
  abstract evaluate(evaluations: readonly Evaluation[], within: Transaction<UmaTables>): Promise<readonly Decision[]>;

  /**
   * Runs a transaction in which {@link evaluate} is called. A transaction never waits for the network: one that needs
   * somebody else's advice is undone, and done again once the advice is there.
   *
   * @param transact opens the transaction; whatever else it does has to bear being done again
   */
  consulting<Result>(transact: () => Promise<Result>): Promise<Result> {
    return transact();
  }
}
