import { digest } from '../common/digest.js';
import { randomId } from '../common/randomness.js';
import { Sealer } from '../common/sealing.js';
import { Secret } from '../common/secret.js';
import type { ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { openSealed } from '../auth/open-sealed.js';
import { type KeptRpt, type Rpt, type RptHolder, RptStore } from './uma-client/index.js';

/** What is sealed of an RPT. */
interface SealedRpt extends Omit<Rpt, 'accessToken' | 'refreshToken'> {
  readonly accessToken: string;
  readonly refreshToken?: string;
}

/** No server says how long a refresh token lasts; one that was not used for so long is given up. */
const REFRESHABLE_MS = 14 * 24 * 60 * 60 * 1000;

/** Keeps RPTs in the database, sealed, under a digest of whose they are: the table tells nothing about anybody. */
export class SealedRptStore extends RptStore {
  private readonly sealer: Sealer;

  constructor(
    private readonly database: Database<ClientTables>,
    secretKey: Secret,
  ) {
    super();
    this.sealer = new Sealer(secretKey, 'requesting party tokens');
  }

  override async list(holder: RptHolder): Promise<readonly KeptRpt[]> {
    const rows = await this.database.kysely
      .selectFrom('rpt')
      .select(['id', 'sealed', 'version'])
      .where('holder', '=', holderKey(holder))
      .execute();
    return rows.flatMap(({ id, sealed, version }) => {
      const rpt = this.open(sealed);
      return rpt === undefined ? [] : [{ ...rpt, id, version }];
    });
  }

  override async put(holder: RptHolder, rpt: Rpt): Promise<KeptRpt> {
    const row = { id: randomId(), holder: holderKey(holder), version: 1, ...this.columnsOf(rpt) };
    await this.database.kysely.insertInto('rpt').values(row).execute();
    return { ...rpt, id: row.id, version: row.version };
  }

  override async replace(_holder: RptHolder, { id, version }: KeptRpt, next: Rpt): Promise<KeptRpt | undefined> {
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('rpt')
      .set({ version: version + 1, ...this.columnsOf(next) })
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirst();
    return numUpdatedRows === 1n ? { ...next, id, version: version + 1 } : undefined;
  }

  override async drop(_holder: RptHolder, { id, version }: KeptRpt): Promise<void> {
    await this.database.kysely.deleteFrom('rpt').where('id', '=', id).where('version', '=', version).execute();
  }

  /** Forgets what has expired. @param nowMs milliseconds since the Unix epoch */
  async purge(nowMs: number): Promise<void> {
    await this.database.kysely.deleteFrom('rpt').where('expires_ms', '<=', nowMs).execute();
  }

  private columnsOf({ accessToken, paths, expiresAt, refreshToken, renewAt }: Rpt) {
    const rpt: SealedRpt = {
      accessToken: accessToken.reveal(),
      paths,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(refreshToken !== undefined && { refreshToken: refreshToken.reveal() }),
      ...(renewAt !== undefined && { renewAt }),
    };
    const lingersMs = refreshToken === undefined ? 0 : REFRESHABLE_MS;
    return {
      sealed: this.sealer.seal(JSON.stringify(rpt)),
      expires_ms: expiresAt === undefined ? null : expiresAt * 1000 + lingersMs,
    };
  }

  /** @returns `undefined` when it was sealed with a key that is gone: a new token is cheap */
  private open(sealed: string): Rpt | undefined {
    const text = openSealed(this.sealer, sealed);
    if (text === undefined) return undefined;
    const { accessToken, refreshToken, ...facts } = JSON.parse(text) as SealedRpt;
    return {
      ...facts,
      accessToken: new Secret(accessToken),
      ...(refreshToken !== undefined && { refreshToken: new Secret(refreshToken) }),
    };
  }
}

function holderKey({ personIssuer, personSubject, authorizationServer, resourceServer }: RptHolder): string {
  return digest(JSON.stringify([personIssuer, personSubject, authorizationServer, resourceServer]));
}
