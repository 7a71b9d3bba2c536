import type { Clock } from '../../../common/clock.js';
import type { Sealer } from '../../../common/sealing.js';
import type { OidcTables } from '../../../database/authorization-server/oidc.js';
import type { Database } from '../../../database/database.js';

/** Secrets that all instances of the server share: made by the first that needs one, stored encrypted. */
export class SharedSecrets {
  constructor(
    private readonly database: Database<OidcTables>,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  /**
   * The secret of that name. When several instances start at once on an empty database, one of them makes it.
   *
   * @throws UnsealError when it was stored under another secret key
   */
  async findOrMake(name: string, make: () => string | Promise<string>): Promise<string> {
    return (await this.find(name)) ?? (await this.makeOnce(name, await make()));
  }

  private async makeOnce(name: string, secret: string): Promise<string> {
    await this.database.kysely
      .insertInto('oidc_key')
      .values({ name, sealed: this.sealer.seal(secret), created_ms: this.clock.nowMs() })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    return (await this.find(name)) ?? secret;
  }

  private async find(name: string): Promise<string | undefined> {
    const row = await this.database.kysely
      .selectFrom('oidc_key')
      .select('sealed')
      .where('name', '=', name)
      .executeTakeFirst();
    return row && this.sealer.unseal(row.sealed);
  }
}
