import type { Migration } from 'kysely';

import { firstUmaTables } from './migrations/uma-1.js';
import { wholeGrantTables } from './migrations/uma-2.js';
import { lastingPctTables } from './migrations/uma-3.js';
import type { SharingTables } from './sharing.js';

/**
 * Tables of user-managed access: what is protected, what was asked for, and what was given.
 * Columns that end in `_ms` are milliseconds, those that end in `_at` seconds since the Unix epoch.
 */
export interface UmaTables extends SharingTables {
  uma_resource: UmaResourceTable;
  uma_ticket: UmaTicketTable;
  uma_ticket_share: UmaTicketShareTable;
  uma_rpt: UmaRptTable;
  uma_rpt_permission: UmaRptPermissionTable;
  uma_pct: UmaPctTable;
  uma_pct_share: UmaPctShareTable;
  used_claim_token: UsedClaimTokenTable;
}

/** A registered resource; it belongs to one owner and one resource server. */
export interface UmaResourceTable {
  id: string;
  owner_id: string;
  /** Client id of the resource server. */
  resource_server: string;
  /** The description as it was registered, a JSON object. */
  description: string;
  created_ms: number;
}

/** A permission ticket. A consumed one is kept for a while, so that its second presentation is noticed. */
export interface UmaTicketTable {
  handle_digest: string;
  /** Ties the tickets of one authorization process, and what comes out of it. */
  process_id: string;
  /** The client that the process is bound to; null for a resource server's ticket, which any client may present first. */
  client_id: string | null;
  owner_id: string;
  /** Client id of the resource server that asked. */
  resource_server: string;
  /** The resource server's identifier, the audience of what is issued. */
  resource_identifier: string | null;
  /** The requested permissions, a JSON array. */
  permissions: string;
  ticket_lifetime_seconds: number;
  rpt_lifetime_seconds: number;
  rpt_format: 'opaque' | 'jwt';
  /** 0 or 1: whether the client has to name the resource server. */
  requires_resource: number;
  /** What the process has learned so far, encrypted JSON; null at its beginning. */
  progress: string | null;
  issued_ms: number;
  expires_ms: number;
  consumed_ms: number | null;
}

/** A share whose conditions a process is trying to meet: when the share goes, so does the ticket. */
export interface UmaTicketShareTable {
  ticket_digest: string;
  share_id: string;
}

/** A requesting party token (RPT) and the refresh token that renews it; a revoked one is deleted. */
export interface UmaRptTable {
  id: string;
  /** `jti` of the token that is good now; each renewal gives another. */
  token_id: string;
  handle_digest: string;
  process_id: string;
  owner_id: string;
  resource_server: string;
  audience: string;
  client_id: string;
  subject_issuer: string;
  subject: string;
  /** Thumbprint of the key that the token is bound to. */
  key_thumbprint: string | null;
  /** What a refresh narrowed the token to, a JSON array of scopes; null for all of its permissions. */
  narrowed_to: string | null;
  lifetime_seconds: number;
  rpt_format: 'opaque' | 'jwt';
  issued_at: number;
  expires_at: number;
  refresh_digest: string | null;
  /** The refresh token before; good for one more answer as long as its successor was not used. */
  former_refresh_digest: string | null;
  refresh_expires_at: number | null;
  /** When neither token is good any more. */
  ends_at: number;
}

/** What an RPT permits on one resource by one share. */
export interface UmaRptPermissionTable {
  rpt_id: string;
  resource_id: string;
  share_id: string;
  /** A JSON array of scopes. */
  scopes: string;
  /** When the permission ends by itself; null for as long as the token. */
  ends_at: number | null;
}

/** A persisted claims token (PCT): what is kept of a requesting party's claims, with their consent, for one client. */
export interface UmaPctTable {
  /** Stays when the PCT is replaced by the next one. */
  id: string;
  handle_digest: string;
  client_id: string;
  process_id: string;
  subject_issuer: string;
  subject: string;
  /** The claims, encrypted JSON. */
  progress: string;
  expires_at: number;
}

/** A share for which the claims behind a PCT were given: when the share goes, so do they. */
export interface UmaPctShareTable {
  pct_id: string;
  share_id: string;
}

/** A claim token that must not be used again, by issuer and `jti`. */
export interface UsedClaimTokenTable {
  digest: string;
  expires_at: number;
}

/** Migrations of {@link UmaTables}. */
export const umaMigrations: Record<string, Migration> = {
  '2026-11-22-uma-1': firstUmaTables,
  '2026-11-26-uma-2': wholeGrantTables,
  '2026-11-30-uma-3': lastingPctTables,
};
