import type { Clock } from '../common/clock.js';
import { digest } from '../common/digest.js';
import { Sealer } from '../common/sealing.js';
import { Secret } from '../common/secret.js';
import type { ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { openSealed } from '../auth/open-sealed.js';
import { type PctKey, PctStore } from './uma-client/index.js';

/** A PCT that was not replaced for so long stands for claims that have gone stale. */
const LIFETIME_MS = 180 * 24 * 60 * 60 * 1000;

/** Keeps persisted claims tokens (PCT) in the database, sealed, under a digest of whose they are. */
export class SealedPctStore extends PctStore {
  private readonly sealer: Sealer;

  constructor(
    private readonly database: Database<ClientTables>,
    private readonly clock: Clock,
    secretKey: Secret,
  ) {
    super();
    this.sealer = new Sealer(secretKey, 'persisted claims tokens');
  }

  override async get(key: PctKey): Promise<Secret | undefined> {
    const row = await this.database.kysely
      .selectFrom('pct')
      .select('sealed')
      .where('key', '=', rowKey(key))
      .executeTakeFirst();
    return this.open(row);
  }

  override async put(key: PctKey, pct: Secret): Promise<void> {
    const row = { sealed: this.sealer.seal(pct.reveal()), kept_ms: this.clock.nowMs() };
    await this.database.kysely
      .insertInto('pct')
      .values({ key: rowKey(key), ...row })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
      .execute();
  }

  override async take(key: PctKey): Promise<Secret | undefined> {
    const row = await this.database.kysely
      .deleteFrom('pct')
      .where('key', '=', rowKey(key))
      .returning('sealed')
      .executeTakeFirst();
    return this.open(row);
  }

  /** Forgets what is too old to be of use. @param nowMs milliseconds since the Unix epoch */
  async purge(nowMs: number): Promise<void> {
    await this.database.kysely
      .deleteFrom('pct')
      .where('kept_ms', '<=', nowMs - LIFETIME_MS)
      .execute();
  }

  private open(row: { readonly sealed: string } | undefined): Secret | undefined {
    const pct = row && openSealed(this.sealer, row.sealed);
    return pct === undefined ? undefined : new Secret(pct);
  }
}

function rowKey({ authorizationServer, personIssuer, personSubject }: PctKey): string {
  return digest(JSON.stringify([authorizationServer, personIssuer, personSubject]));
}
