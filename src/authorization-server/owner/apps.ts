import { Injectable } from '@nestjs/common';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { RegisteredClients } from '../oidc/clients/registered-clients.js';

/** A client as an owner knows it. */
export interface App {
  readonly clientId: string;
  readonly name: string;
}

/** The apps (clients) through which people look at what is an owner's. */
@Injectable()
export class Apps {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clients: RegisteredClients,
  ) {}

  /** What people call a client; its id when it is not registered any more. */
  async nameOf(clientId: string): Promise<string> {
    return (await this.clients.find(clientId))?.name ?? clientId;
  }

  /** The apps that an owner has met: those that asked for something, and those that their shares name. */
  async knownTo(ownerId: string, sharedWith: readonly string[]): Promise<readonly App[]> {
    const requests = await this.clientsIn('access_request', ownerId);
    const tokens = await this.clientsIn('uma_rpt', ownerId);
    const apps = [...new Set([...requests, ...tokens, ...sharedWith])].map(async (clientId) => ({
      clientId,
      name: await this.nameOf(clientId),
    }));
    return (await Promise.all(apps)).sort((one, other) => one.name.localeCompare(other.name));
  }

  private async clientsIn(table: 'access_request' | 'uma_rpt', ownerId: string): Promise<readonly string[]> {
    const rows = await this.database.kysely
      .selectFrom(table)
      .select('client_id')
      .distinct()
      .where('owner_id', '=', ownerId)
      .execute();
    return rows.map(({ client_id }) => client_id);
  }
}
