import { Injectable } from '@nestjs/common';

import { RegisteredClients } from '../oidc/clients/registered-clients.js';

/** What the events of a resource server name as their audience. */
@Injectable()
export class EventAudience {
  constructor(private readonly clients: RegisteredClients) {}

  /** The registered identifier of a resource server, else its client id: as in the `aud` of its RPTs. */
  async of(clientId: string): Promise<string> {
    return (await this.clients.find(clientId))?.resource ?? clientId;
  }
}
