import { Injectable } from '@nestjs/common';

import { LoginListener } from '../auth/index.js';
import { AccessWaits } from './access-waits.js';
import type { Person } from './person.js';
import { UmaClient } from './uma-client/index.js';

/**
 * Ends what is done for a person who is signed in nowhere any more: what they told authorization servers about themselves
 * is not kept for whoever comes next, and nobody asks owners in their name.
 *
 * @see UMA 2.0 Grant section 5.2
 */
@Injectable()
export class SignOutListener extends LoginListener {
  constructor(
    private readonly waits: AccessWaits,
    private readonly umaClient: UmaClient,
  ) {
    super();
  }

  override signedIn(): Promise<void> {
    return Promise.resolve();
  }

  override async signedOut(person: Person): Promise<void> {
    await this.waits.forget(person);
    await this.umaClient.forget(person);
  }
}
