import type { Selectable } from 'kysely';

import type { ShareTable } from '../../database/authorization-server/uma.js';
import type { Person } from './person.js';

/** An owner's decision that one person may have some scopes of one resource, within a time. Times are milliseconds. */
export interface Share {
  readonly id: string;
  readonly ownerId: string;
  readonly resourceId: string;
  readonly grantee: Person;
  readonly scopes: readonly string[];
  /** In force from this instant on; `undefined`: from its making. */
  readonly startsMs: number | undefined;
  /** No longer in force at this instant; `undefined`: until it is withdrawn. */
  readonly expiresMs: number | undefined;
  readonly createdMs: number;
}

/** Whether a share is in force at an instant. */
export function isInForce({ startsMs, expiresMs }: Pick<Share, 'startsMs' | 'expiresMs'>, atMs: number): boolean {
  return atMs >= (startsMs ?? -Infinity) && atMs < (expiresMs ?? Infinity);
}

/** Reads a stored share. */
export function shareOf(row: Selectable<ShareTable>): Share {
  return {
    id: row.id,
    ownerId: row.owner_id,
    resourceId: row.resource_id,
    grantee: { issuer: row.grantee_issuer, subject: row.grantee_subject },
    scopes: JSON.parse(row.scopes) as string[],
    startsMs: row.starts_ms ?? undefined,
    expiresMs: row.expires_ms ?? undefined,
    createdMs: row.created_ms,
  };
}
