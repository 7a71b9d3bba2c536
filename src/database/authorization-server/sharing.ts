/**
 * Tables of sharing: who lets whom see what, and who asked for it. Columns that end in `_ms` are milliseconds since the
 * Unix epoch.
 */
export interface SharingTables {
  share: ShareTable;
  sharing_settings: SharingSettingsTable;
  blocked_person: BlockedPersonTable;
  access_request: AccessRequestTable;
}

/** An owner's decision to let somebody have some scopes of one resource, or of all resources of a type. */
export interface ShareTable {
  id: string;
  owner_id: string;
  /** What is shared: the id of the resource, or a JSON array of owner and type. */
  target: string;
  resource_id: string | null;
  resource_type: string | null;
  /** `person`, `email` or `claims`. */
  grantee_kind: string;
  /** What tells grantees of one kind apart; a decision looks people up by it. */
  grantee_key: string;
  /** With whom, JSON. */
  grantee: string;
  /** A JSON array of scopes. */
  scopes: string;
  /** The clients it is limited to, a JSON array of client ids. */
  clients: string | null;
  /** The purposes of use it is limited to, a JSON array of HL7 PurposeOfUse codes. */
  purposes: string | null;
  /** 0 or 1. */
  paused: number;
  starts_ms: number | null;
  expires_ms: number | null;
  created_ms: number;
}

/** What an owner has set for all of their sharing. */
export interface SharingSettingsTable {
  owner_id: string;
  /** 0 or 1: whether people may ask for what is not shared with them. */
  accepts_requests: number;
  /** 0 or 1: whether nothing is shared for the time being. */
  paused: number;
}

/** Somebody whom an owner shares nothing with, whatever the shares say. */
export interface BlockedPersonTable {
  id: string;
  owner_id: string;
  issuer: string;
  subject: string;
  created_ms: number;
}

/** Somebody's wish to see what is not shared with them, and what the owner answered. */
export interface AccessRequestTable {
  id: string;
  owner_id: string;
  resource_id: string;
  requester_issuer: string;
  requester_subject: string;
  client_id: string;
  /** The scopes asked for, a JSON array. */
  scopes: string;
  /** `pending`, `approved` or `refused`. */
  status: string;
  created_ms: number;
  /** What the owner refused the last time, a JSON array of scopes. */
  refused_scopes: string;
  /** When the owner last answered. */
  decided_ms: number | null;
}
