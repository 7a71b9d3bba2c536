import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';

import type { OidcTables } from '../../database/authorization-server/oidc.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import { RegisteredClients } from '../oidc/clients/registered-clients.js';

/** How many resources a search shows. */
export const MOST_FOUND = 100;

/** A registered resource, as administrators look it up. */
export interface FoundResource {
  readonly id: string;
  readonly name: string;
  readonly type: string | undefined;
  readonly scopes: readonly string[];
  /** User name of the owner. */
  readonly owner: string;
  /** What people call the resource server. */
  readonly resourceServer: string;
}

/** Looks up what resource servers have registered, whoever the owner is. */
@Injectable()
export class ResourceSearch {
  constructor(
    private readonly database: Database<UmaTables & Pick<OidcTables, 'account'>>,
    private readonly clients: RegisteredClients,
  ) {}

  /**
   * The newest resources that have a text in their description, their owner's name or their id.
   *
   * @returns at most {@link MOST_FOUND}
   */
  async find(text: string): Promise<readonly FoundResource[]> {
    const rows = await this.rowsWith(text);
    const servers = [...new Set(rows.map(({ resource_server }) => resource_server))];
    const names = new Map(await Promise.all(servers.map(async (id) => [id, await this.nameOf(id)] as const)));
    return rows.map(({ id, description, resource_server, owner_id, username }) => {
      const { name = 'Unnamed', type, resource_scopes: scopes } = JSON.parse(description) as ResourceDescription;
      const resourceServer = names.get(resource_server) ?? resource_server;
      return { id, name, type, scopes, owner: username ?? owner_id, resourceServer };
    });
  }

  private rowsWith(text: string) {
    const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const contains = (column: 'uma_resource.description' | 'account.username' | 'uma_resource.id') =>
      sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
    return this.database.kysely
      .selectFrom('uma_resource')
      .leftJoin('account', 'account.id', 'uma_resource.owner_id')
      .selectAll('uma_resource')
      .select('username')
      .where((row) =>
        row.or([contains('uma_resource.description'), contains('account.username'), contains('uma_resource.id')]),
      )
      .orderBy('uma_resource.created_ms', 'desc')
      .limit(MOST_FOUND)
      .execute();
  }

  private async nameOf(clientId: string): Promise<string> {
    return (await this.clients.find(clientId))?.name ?? clientId;
  }
}
