import type { Kysely, Selectable } from 'kysely';

import type { UmaRptPermissionTable, UmaRptTable, UmaTables } from '../../database/authorization-server/uma.js';
import { PreparedQuery } from '../../database/prepared-query.js';
import type { Permission } from '../../uma/protocol/permissions.js';
import type { TokenChange } from './token-events.js';

/** A stored requesting party token. */
export type RptRow = Selectable<UmaRptTable>;

type PermissionRow = Pick<Selectable<UmaRptPermissionTable>, 'resource_id' | 'scopes' | 'ends_at'>;

const OF_TOKEN = new PreparedQuery<UmaTables, { id: string }, PermissionRow>((kysely, value) =>
  kysely
    .selectFrom('uma_rpt_permission')
    .select(['resource_id', 'scopes', 'ends_at'])
    .where('rpt_id', '=', value('id')),
);

/** What is left of the permissions of a token: those in time. What was withdrawn or deregistered is gone from them. */
export async function permissionsOf(
  kysely: Kysely<UmaTables>,
  { id, narrowed_to, expires_at }: Pick<RptRow, 'id' | 'narrowed_to' | 'expires_at'>,
  nowSeconds: number,
): Promise<readonly Permission[]> {
  const rows = await OF_TOKEN.execute(kysely, { id });
  const narrowedTo = narrowed_to === null ? undefined : (JSON.parse(narrowed_to) as string[]);
  return rows
    .filter(({ ends_at }) => (ends_at ?? Infinity) > nowSeconds)
    .map((row) => permissionOf(row, narrowedTo, expires_at))
    .filter(({ resourceScopes }) => narrowedTo === undefined || resourceScopes.length > 0);
}

/** The permissions that tokens have now, for their resource servers. */
export async function tellPermissions(
  kysely: Kysely<UmaTables>,
  rptIds: readonly string[],
  nowSeconds: number,
): Promise<readonly TokenChange[]> {
  const rows = await kysely
    .selectFrom('uma_rpt')
    .selectAll()
    .where('id', 'in', rptIds)
    .where('expires_at', '>', nowSeconds)
    .execute();
  return Promise.all(
    rows.map(async (row) => ({
      kind: 'changed' as const,
      tokenId: row.token_id,
      resourceServer: row.resource_server,
      ownerId: row.owner_id,
      permissions: await permissionsOf(kysely, row, nowSeconds),
    })),
  );
}

function permissionOf(
  { resource_id, scopes, ends_at }: PermissionRow,
  narrowedTo: readonly string[] | undefined,
  expiresAt: number,
): Permission {
  const all = JSON.parse(scopes) as string[];
  return {
    resourceId: resource_id,
    resourceScopes: narrowedTo === undefined ? all : all.filter((scope) => narrowedTo.includes(scope)),
    exp: Math.min(expiresAt, ends_at ?? Infinity),
  };
}
