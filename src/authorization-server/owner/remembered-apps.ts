import { Injectable } from '@nestjs/common';

import { UmaError } from '../../uma/protocol/uma-error.js';
import type { Person } from '../policy/person.js';
import { PersistedClaims } from '../uma/persisted-claims.js';
import { UmaOptions } from '../uma/uma-options.js';
import { type App, Apps } from './apps.js';

/**
 * The apps for which this server remembers what a person of its own told about themselves, as they see and undo it.
 *
 * @see UMA 2.0 Grant section 6.2
 */
@Injectable()
export class RememberedApps {
  constructor(
    private readonly claims: PersistedClaims,
    private readonly apps: Apps,
    private readonly options: UmaOptions,
  ) {}

  async of(accountId: string): Promise<readonly App[]> {
    const clients = await this.claims.clientsOf(this.personOf(accountId));
    return Promise.all(clients.map(async (clientId) => ({ clientId, name: await this.apps.nameOf(clientId) })));
  }

  /** @throws UmaError `not_found` when nothing was remembered for the app */
  async forget(accountId: string, clientId: string): Promise<void> {
    if (await this.claims.forgetPerson(this.personOf(accountId), clientId)) return;
    throw new UmaError('not_found', 'Nothing is remembered for this app.');
  }

  private personOf(subject: string): Person {
    return { issuer: this.options.issuer, subject };
  }
}
