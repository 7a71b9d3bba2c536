import type { Selectable } from 'kysely';

import { digest } from '../../common/digest.js';
import type { ShareTable } from '../../database/authorization-server/sharing.js';
import type { RequiredClaim } from './claims.js';
import type { Person } from './person.js';

/** With whom something is shared: a known person, whoever has a verified e-mail address, or whoever has all of some claims. */
export type Grantee =
  | { readonly kind: 'person'; readonly person: Person }
  /** As `normalizedEmail` writes it. */
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'claims'; readonly claims: readonly RequiredClaim[] };

/** What is shared: one resource, or all resources of a type that the owner has or will have. */
export type ShareTarget = { readonly resourceId: string } | { readonly resourceType: string };

/** What a share lets happen, and under which conditions. Times are milliseconds; `undefined` is no limit. */
export interface ShareTerms {
  readonly scopes: readonly string[];
  /** Ids of the clients that it is limited to. */
  readonly clients: readonly string[] | undefined;
  /** The purposes of use that it is limited to, HL7 PurposeOfUse codes. */
  readonly purposes: readonly string[] | undefined;
  /** Whether it gives nothing for the time being. */
  readonly paused: boolean;
  /** In force from this instant on; `undefined`: from its making. */
  readonly startsMs: number | undefined;
  /** No longer in force at this instant; `undefined`: until it is withdrawn. */
  readonly expiresMs: number | undefined;
}

/** An owner's decision that somebody may have some scopes of one resource, or of all of a type. */
export interface Share extends ShareTerms {
  readonly id: string;
  readonly ownerId: string;
  readonly target: ShareTarget;
  readonly grantee: Grantee;
  readonly createdMs: number;
}

/** Whether a share is in force at an instant. */
export function isInForce(
  { startsMs, expiresMs, paused = false }: Partial<Pick<Share, 'startsMs' | 'expiresMs' | 'paused'>>,
  atMs: number,
): boolean {
  return !paused && atMs >= (startsMs ?? -Infinity) && atMs < (expiresMs ?? Infinity);
}

/** How a target is stored: it tells targets apart, those of different owners too. */
export function targetKey(ownerId: string, target: ShareTarget): string {
  return 'resourceId' in target ? target.resourceId : JSON.stringify([ownerId, target.resourceType]);
}

/** How a grantee is stored: it tells grantees of one kind apart. */
export function granteeKey(grantee: Grantee): string {
  switch (grantee.kind) {
    case 'person':
      return JSON.stringify([grantee.person.issuer, grantee.person.subject]);
    case 'email':
      return grantee.email;
    case 'claims':
      // A digest, because an index takes no text of any length.
      return digest(JSON.stringify(grantee.claims.map(({ issuer, name, value }) => [issuer, name, value]).sort()));
  }
}

/** What a stored share is read from. */
export const STORED_SHARE = [
  ...(['id', 'owner_id', 'resource_id', 'resource_type', 'grantee', 'scopes', 'clients', 'purposes'] as const),
  ...(['paused', 'starts_ms', 'expires_ms', 'created_ms'] as const),
] as const;

/** A stored share. */
export type StoredShare = Pick<Selectable<ShareTable>, (typeof STORED_SHARE)[number]>;

/** Reads a stored share. */
export function shareOf(row: StoredShare): Share {
  return {
    id: row.id,
    ownerId: row.owner_id,
    target: row.resource_id === null ? { resourceType: row.resource_type ?? '' } : { resourceId: row.resource_id },
    grantee: JSON.parse(row.grantee) as Grantee,
    scopes: JSON.parse(row.scopes) as string[],
    clients: listOf(row.clients),
    purposes: listOf(row.purposes),
    paused: row.paused === 1,
    startsMs: row.starts_ms ?? undefined,
    expiresMs: row.expires_ms ?? undefined,
    createdMs: row.created_ms,
  };
}

/** The columns of a share's terms. */
export function termColumns(
  terms: ShareTerms,
): Pick<ShareTable, 'scopes' | 'clients' | 'purposes' | 'paused' | 'starts_ms' | 'expires_ms'> {
  const { scopes, clients, purposes, paused, startsMs, expiresMs } = terms;
  return {
    scopes: JSON.stringify(scopes),
    clients: clients === undefined ? null : JSON.stringify(clients),
    purposes: purposes === undefined ? null : JSON.stringify(purposes),
    paused: paused ? 1 : 0,
    starts_ms: startsMs ?? null,
    expires_ms: expiresMs ?? null,
  };
}

function listOf(column: string | null): readonly string[] | undefined {
  return column === null ? undefined : (JSON.parse(column) as string[]);
}
