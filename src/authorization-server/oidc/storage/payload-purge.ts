import { Injectable } from '@nestjs/common';

import { Clock } from '../../../common/clock.js';
import type { OidcTables } from '../../../database/authorization-server/oidc.js';
import { Database } from '../../../database/database.js';
import { Purge } from '../../../database/purge.js';
import { SignInAttempts } from '../accounts/sign-in-attempts.js';

/** Deletes expired sessions, tokens and counts of tries. */
@Injectable()
export class PayloadPurge extends Purge {
  constructor(
    private readonly database: Database<OidcTables>,
    private readonly clock: Clock,
    private readonly attempts: SignInAttempts,
  ) {
    super(10);
  }

  /** Deletes what has expired by now. @returns how many things of the provider those were */
  override async purge(): Promise<number> {
    await this.attempts.purge();
    const now = this.clock.nowSeconds();
    await this.database.kysely.deleteFrom('refresh_token_chain').where('expires_at', '<=', now).execute();
    const { numDeletedRows } = await this.database.kysely
      .deleteFrom('oidc_payload')
      .where('expires_at', '<=', now)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}
