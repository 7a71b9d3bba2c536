import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';

import { Clock } from '../../../common/clock.js';
import { digest } from '../../../common/digest.js';
import type { OidcTables } from '../../../database/authorization-server/oidc.js';
import { Database } from '../../../database/database.js';

/** How many passwords may be tried for one user name from one address before a pause. */
export const MAX_TRIES = 5;

/** How long the pause is, and how long a try counts, in milliseconds. */
export const PAUSE_MS = 5 * 60_000;

/** Whether a password may be tried now. */
export type Attempt =
  { readonly allowed: true; readonly tries: number } | { readonly allowed: false; readonly pauseMs: number };

/** Slows down who guesses passwords. The counts are in the database: all instances share them, and no restart forgets. */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly database: Database<OidcTables>,
    private readonly clock: Clock,
  ) {}

  /** Counts a try before the password is looked at, so that many at once cannot slip through. */
  async begin(username: string, address: string): Promise<Attempt> {
    const now = this.clock.nowMs();
    const tries = sql.ref<number>('sign_in_attempt.tries');
    const windowEnds = sql.ref<number>('sign_in_attempt.window_ends_ms');
    const { tries: counted, window_ends_ms } = await this.database.kysely
      .insertInto('sign_in_attempt')
      .values({ id: idOf(username, address), tries: 1, window_ends_ms: now + PAUSE_MS })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({
          tries: sql`case when ${windowEnds} <= ${now} then 1 else ${tries} + 1 end`,
          window_ends_ms: sql`case when ${windowEnds} > ${now} and ${tries} >= ${MAX_TRIES}
            then ${windowEnds} else ${now + PAUSE_MS} end`,
        }),
      )
      .returning(['tries', 'window_ends_ms'])
      .executeTakeFirstOrThrow();
    if (counted > MAX_TRIES) return { allowed: false, pauseMs: window_ends_ms - now };
    return { allowed: true, tries: counted };
  }

  /** Forgets the tries: the person knew the password in the end. */
  async succeed(username: string, address: string): Promise<void> {
    await this.database.kysely.deleteFrom('sign_in_attempt').where('id', '=', idOf(username, address)).execute();
  }

  /** Deletes the counts that no longer matter. */
  async purge(): Promise<void> {
    const now = this.clock.nowMs();
    await this.database.kysely.deleteFrom('sign_in_attempt').where('window_ends_ms', '<=', now).execute();
  }
}

function idOf(username: string, address: string): string {
  return digest(JSON.stringify([username.normalize('NFKC').trim().toLowerCase(), address]));
}
