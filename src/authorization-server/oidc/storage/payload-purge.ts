import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { Clock } from '../../../common/clock.js';
import type { OidcTables } from '../../../database/authorization-server/oidc.js';
import { Database } from '../../../database/database.js';
import { SignInAttempts } from '../accounts/sign-in-attempts.js';

const INTERVAL_MS = 10 * 60_000;

/** Deletes now and then what has expired, so that the tables grow with use and not with time. */
@Injectable()
export class PayloadPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PayloadPurge.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database<OidcTables>,
    private readonly clock: Clock,
    private readonly attempts: SignInAttempts,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.purgeOrTell(), INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Deletes what has expired by now. @returns how many things of the provider those were */
  async purge(): Promise<number> {
    await this.attempts.purge();
    const { numDeletedRows } = await this.database.kysely
      .deleteFrom('oidc_payload')
      .where('expires_at', '<=', this.clock.nowSeconds())
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  private async purgeOrTell(): Promise<void> {
    try {
      await this.purge();
    } catch (error) {
      this.logger.warn(error, 'Expired sessions and tokens could not be deleted; it is tried again later.');
    }
  }
}
