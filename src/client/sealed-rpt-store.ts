import { digest } from '../common/digest.js';
import { Sealer, UnsealError } from '../common/sealing.js';
import { Secret } from '../common/secret.js';
import type { ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { type RptKey, RptStore, type StoredRpt } from './uma-client/index.js';

/** What is sealed of an RPT. */
interface SealedRpt {
  readonly accessToken: string;
  readonly expiresAt?: number;
}

/** Keeps RPTs in the database, sealed, under a digest of what they are for: the table tells nothing about anybody. */
export class SealedRptStore extends RptStore {
  private readonly sealer: Sealer;

  constructor(
    private readonly database: Database<ClientTables>,
    secretKey: Secret,
  ) {
    super();
    this.sealer = new Sealer(secretKey, 'requesting party tokens');
  }

  override async get(key: RptKey): Promise<StoredRpt | undefined> {
    const sealed = await this.sealedOf(key);
    return sealed === undefined ? undefined : this.open(sealed);
  }

  override async put(key: RptKey, rpt: StoredRpt): Promise<void> {
    const row = { sealed: this.seal(rpt), expires_ms: rpt.expiresAt === undefined ? null : rpt.expiresAt * 1000 };
    await this.database.kysely
      .insertInto('rpt')
      .values({ key: rowKey(key), ...row })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
      .execute();
  }

  override async drop(key: RptKey, refused: StoredRpt): Promise<void> {
    const sealed = await this.sealedOf(key);
    if (sealed === undefined || this.open(sealed)?.accessToken.reveal() !== refused.accessToken.reveal()) return;
    // Another one that takes its place this very moment stays.
    await this.database.kysely.deleteFrom('rpt').where('key', '=', rowKey(key)).where('sealed', '=', sealed).execute();
  }

  /** Forgets what has expired. @param nowMs milliseconds since the Unix epoch */
  async purge(nowMs: number): Promise<void> {
    await this.database.kysely.deleteFrom('rpt').where('expires_ms', '<=', nowMs).execute();
  }

  private async sealedOf(key: RptKey): Promise<string | undefined> {
    const rows = this.database.kysely.selectFrom('rpt').select('sealed').where('key', '=', rowKey(key));
    return (await rows.executeTakeFirst())?.sealed;
  }

  private seal({ accessToken, expiresAt }: StoredRpt): string {
    const rpt: SealedRpt = { accessToken: accessToken.reveal(), ...(expiresAt === undefined ? {} : { expiresAt }) };
    return this.sealer.seal(JSON.stringify(rpt));
  }

  /** @returns `undefined` when it was sealed with a key that is gone: a new token is cheap */
  private open(sealed: string): StoredRpt | undefined {
    try {
      const { accessToken, ...facts } = JSON.parse(this.sealer.unseal(sealed)) as SealedRpt;
      return { accessToken: new Secret(accessToken), ...facts };
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error;
      return undefined;
    }
  }
}

function rowKey(key: RptKey): string {
  const { personIssuer, personSubject, authorizationServer, resourceServer, resource } = key;
  return digest(JSON.stringify([personIssuer, personSubject, authorizationServer, resourceServer, resource]));
}
