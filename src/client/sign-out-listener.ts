import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { LoginListener } from '../auth/index.js';
import { AccessWaits } from './access-waits.js';
import { withinGrace } from './grace.js';
import type { Person } from './person.js';
import { UmaClient } from './uma-client/index.js';

/**
 * Ends what is done for a person who is signed in nowhere any more: what they told authorization servers about themselves
 * is not kept for whoever comes next, and nobody asks owners in their name. Who signs out does not wait for other servers.
 *
 * @see UMA 2.0 Grant section 5.2
 */
@Injectable()
export class SignOutListener extends LoginListener implements OnModuleDestroy {
  private readonly logger = new Logger(SignOutListener.name);
  private readonly revocations = new Set<Promise<void>>();

  constructor(
    private readonly waits: AccessWaits,
    private readonly umaClient: UmaClient,
  ) {
    super();
  }

  override async signedOut(person: Person): Promise<void> {
    await this.waits.forget(person);
    const revoke = await this.umaClient.forget(person);
    const revocation = revoke()
      .catch((error: unknown) => {
        this.logger.error('Tokens were not revoked.', error instanceof Error ? error.stack : undefined);
      })
      .finally(() => this.revocations.delete(revocation));
    this.revocations.add(revocation);
  }

  /** Waits until all that was begun has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.revocations);
  }

  async onModuleDestroy(): Promise<void> {
    await withinGrace(this.settled());
  }
}
