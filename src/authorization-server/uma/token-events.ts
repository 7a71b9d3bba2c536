import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Permission } from '../../uma/protocol/permissions.js';

/** What happened to a requesting party token before its time. */
export interface TokenChange {
  /** It is good for nothing any more, or for less than before. */
  readonly kind: 'ended' | 'changed';
  /** `jti` of the token. */
  readonly tokenId: string;
  /** Client id of the resource server that it is for. */
  readonly resourceServer: string;
  readonly ownerId: string;
  /** What it still permits, when it was changed. */
  readonly permissions?: readonly Permission[];
}

/** Port to whatever tells resource servers about their tokens. */
export abstract class TokenEvents {
  /**
   * Writes down what happened, to be told as soon as it is certain.
   *
   * @param within the transaction in which it happens: it is told exactly when that succeeds
   */
  abstract record(within: Transaction<UmaTables>, changes: readonly TokenChange[]): Promise<void>;
}
