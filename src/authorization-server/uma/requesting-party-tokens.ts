import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { idAt, randomId } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { PreparedQuery, preparedInsert } from '../../database/prepared-query.js';
import type { Permission } from '../../uma/protocol/permissions.js';
import type { Person } from '../policy/person.js';
import type { GrantedPermission } from './assessment.js';
import { type FormerToken, FormerTokens } from './former-tokens.js';
import type { Pat } from './pat.js';
import type { PermissionTicket } from './permission-tickets.js';
import { refreshHandle } from './refresh-handle.js';
import { permissionsOf, type RptRow } from './rpt-permissions.js';
import { RptWriter } from './rpt-writer.js';
import { TokenRevocation } from './token-revocation.js';
import { UmaOptions } from './uma-options.js';

/** Who gets a requesting party token for what. */
export interface RptOrder {
  readonly ticket: PermissionTicket;
  readonly clientId: string;
  readonly requestingParty: Person;
  readonly permissions: readonly GrantedPermission[];
  /** Whether a refresh token comes with it. */
  readonly refreshable: boolean;
  /** Thumbprint of the key that it is bound to. @see RFC 9449 section 6 */
  readonly keyThumbprint: string | undefined;
  /** An earlier token of the same client, whose permissions are to be added. */
  readonly former: FormerToken | undefined;
}

/** A requesting party token just made. */
export interface IssuedRpt {
  readonly handle: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string | undefined;
  readonly keyThumbprint: string | undefined;
  /** Whether it has the permissions of the earlier token too, which is good for nothing now. */
  readonly upgraded: boolean;
}

/** An active requesting party token with what it still permits. Times are seconds since the Unix epoch. */
export interface ActiveRpt {
  readonly id: string;
  readonly audience: string;
  readonly clientId: string;
  readonly requestingParty: Person;
  readonly keyThumbprint: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly permissions: readonly Permission[];
}

const INSERT = preparedInsert<UmaTables, 'uma_rpt'>('uma_rpt', [
  ...(['id', 'token_id', 'handle_digest', 'process_id', 'owner_id', 'resource_server', 'audience'] as const),
  ...(['client_id', 'subject_issuer', 'subject', 'key_thumbprint', 'narrowed_to', 'rpt_format'] as const),
  ...(['lifetime_seconds', 'issued_at', 'expires_at', 'refresh_digest', 'former_refresh_digest'] as const),
  ...(['refresh_expires_at', 'ends_at'] as const),
]);

const INSERT_PERMISSION = preparedInsert<UmaTables, 'uma_rpt_permission'>('uma_rpt_permission', [
  ...(['rpt_id', 'resource_id', 'share_id', 'scopes', 'ends_at'] as const),
]);

interface Search extends Pat {
  readonly handleDigest: string;
  readonly now: number;
}

type FoundRpt = Pick<RptRow, (typeof FOUND)[number]>;

const FOUND = [
  ...(['id', 'token_id', 'audience', 'client_id', 'subject_issuer', 'subject'] as const),
  ...(['key_thumbprint', 'narrowed_to', 'issued_at', 'expires_at'] as const),
] as const;

const FIND = new PreparedQuery<UmaTables, Search, FoundRpt>((kysely, value) =>
  kysely
    .selectFrom('uma_rpt')
    .select(FOUND)
    .where('handle_digest', '=', value('handleDigest'))
    .where('owner_id', '=', value('ownerId'))
    .where('resource_server', '=', value('resourceServer'))
    .where('expires_at', '>', value('now')),
);

/** Requesting party tokens (RPTs): unguessable handles, stored as digests. A revoked token is one that is gone. */
@Injectable()
export class RequestingPartyTokens {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly formerTokens: FormerTokens,
    private readonly revocation: TokenRevocation,
    private readonly writer: RptWriter,
    private readonly options: UmaOptions,
  ) {}

  /** Makes a token. A permission ends with the share it rests on, the token after its lifetime. */
  async issue(within: Transaction<UmaTables>, order: RptOrder): Promise<IssuedRpt> {
    const id = idAt(this.clock.nowSeconds());
    const refreshToken = order.refreshable ? refreshHandle(id) : undefined;
    const row = this.rowOf(id, order, refreshToken);
    const { former } = order;
    const earlier = former && (await this.formerTokens.permissionsOf(within, former));
    const permissions = merged(order.permissions, earlier ?? []);
    const written = permissions.map((permission) => onTheToken(permission, row.expires_at));
    const handle = this.writer.write(row, written);
    await INSERT.execute(within, { ...row, handle_digest: digest(handle) });
    await this.insertPermissions(within, id, permissions);
    if (former !== undefined) await this.revocation.end(within, (token) => token('id', '=', former.id));
    return {
      handle,
      refreshToken,
      keyThumbprint: order.keyThumbprint,
      expiresInSeconds: order.ticket.rptLifetimeSeconds,
      upgraded: earlier !== undefined,
    };
  }

  /** Whether a text is a token that could be used somewhere. */
  async isActive(handle: string): Promise<boolean> {
    const row = await this.database.kysely
      .selectFrom('uma_rpt')
      .select('id')
      .where('handle_digest', '=', digest(handle))
      .where('expires_at', '>', this.clock.nowSeconds())
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Finds an active token of this owner and resource server; those of others seem not to exist. */
  async find({ ownerId, resourceServer }: Pat, handle: string): Promise<ActiveRpt | undefined> {
    const { kysely } = this.database;
    const now = this.clock.nowSeconds();
    const row = await FIND.first(kysely, { handleDigest: digest(handle), ownerId, resourceServer, now });
    return row === undefined ? undefined : { ...tokenOf(row), permissions: await permissionsOf(kysely, row, now) };
  }

  private rowOf(id: string, order: RptOrder, refreshToken: string | undefined): Omit<RptRow, 'handle_digest'> {
    const { ticket, requestingParty } = order;
    const now = this.clock.nowSeconds();
    const expiresAt = now + ticket.rptLifetimeSeconds;
    const refreshExpiresAt = refreshToken === undefined ? null : now + this.options.refreshLifetimeSeconds;
    return {
      id,
      token_id: randomId(),
      process_id: ticket.processId,
      owner_id: ticket.pat.ownerId,
      resource_server: ticket.pat.resourceServer,
      audience: ticket.resourceIdentifier ?? ticket.pat.resourceServer,
      client_id: order.clientId,
      subject_issuer: requestingParty.issuer,
      subject: requestingParty.subject,
      key_thumbprint: order.keyThumbprint ?? null,
      rpt_format: ticket.rptFormat,
      narrowed_to: null,
      lifetime_seconds: ticket.rptLifetimeSeconds,
      issued_at: now,
      expires_at: expiresAt,
      refresh_digest: refreshToken === undefined ? null : digest(refreshToken),
      former_refresh_digest: null,
      refresh_expires_at: refreshExpiresAt,
      ends_at: Math.max(expiresAt, refreshExpiresAt ?? 0),
    };
  }

  private async insertPermissions(
    within: Transaction<UmaTables>,
    rptId: string,
    permissions: readonly GrantedPermission[],
  ): Promise<void> {
    for (const { resourceId, shareId, scopes, untilMs } of permissions) {
      await INSERT_PERMISSION.execute(within, {
        rpt_id: rptId,
        resource_id: resourceId,
        share_id: shareId,
        scopes: JSON.stringify(scopes),
        ends_at: untilMs === undefined ? null : Math.floor(untilMs / 1000),
      });
    }
  }
}

function onTheToken({ resourceId, scopes, untilMs }: GrantedPermission, expiresAt: number): Permission {
  const exp = Math.min(expiresAt, Math.floor((untilMs ?? Infinity) / 1000));
  return { resourceId, resourceScopes: scopes, exp };
}

/**
 * Scopes of one resource by one share are one permission, which ends with the first of them: of the earlier ones, those
 * that were granted again do not count.
 */
function merged(
  granted: readonly GrantedPermission[],
  earlier: readonly GrantedPermission[],
): readonly GrantedPermission[] {
  const permissions = new Map(earlier.map((permission) => [keyOf(permission), permission]));
  for (const permission of granted) {
    const before = permissions.get(keyOf(permission));
    permissions.set(keyOf(permission), before === undefined ? permission : united(before, permission));
  }
  return [...permissions.values()];
}

const keyOf = ({ resourceId, shareId }: GrantedPermission): string => JSON.stringify([resourceId, shareId]);

function united(earlier: GrantedPermission, granted: GrantedPermission): GrantedPermission {
  const scopes = [...new Set([...earlier.scopes, ...granted.scopes])];
  const untilMs = Math.min(earlier.untilMs ?? Infinity, granted.untilMs ?? Infinity);
  return scopes.length === granted.scopes.length ? granted : { ...granted, scopes, untilMs };
}

function tokenOf(row: FoundRpt): Omit<ActiveRpt, 'permissions'> {
  return {
    id: row.token_id,
    audience: row.audience,
    clientId: row.client_id,
    requestingParty: { issuer: row.subject_issuer, subject: row.subject },
    keyThumbprint: row.key_thumbprint ?? undefined,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
  };
}
