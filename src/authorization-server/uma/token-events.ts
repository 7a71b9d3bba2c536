import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';

/** A token that is worth less than it was. */
export interface TokenChange {
  /** Whether it is good for nothing any more, or has other permissions. */
  readonly kind: 'ended' | 'changed';
  /** `jti` of the token. */
  readonly tokenId: string;
  /** Client id of the resource server that it is for. */
  readonly resourceServer: string;
  readonly ownerId: string;
  /** What a changed token permits now. */
  readonly permissions?: readonly {
    readonly resourceId: string;
    readonly resourceScopes: readonly string[];
    /** Seconds since the Unix epoch. */
    readonly exp: number;
  }[];
}

/** Lets the resource servers know of tokens that have ended or changed. */
export abstract class TokenEvents {
  /** Notes changes for delivery, in the transaction that makes them: they are told if and only if it commits. */
  abstract record(within: Transaction<UmaTables>, changes: readonly TokenChange[]): Promise<void>;
}
