import type { Sealer } from '../common/sealing.js';
import type { Database } from '../database/database.js';
import type { TokenColumns } from '../database/sessions.js';
import { openSealed } from './open-sealed.js';
import { concealTokens, revealTokens, type TokenSet } from './token-set.js';

/** A table whose rows keep tokens. */
export type TokenTable = 'login_session' | 'pat';

/** The databases that have such tables. */
export type TokenTables = Readonly<Record<TokenTable, TokenColumns>>;

/** Tokens as they are kept. */
export interface KeptTokens {
  /** The authorization server that gave them. */
  readonly issuer: string;
  readonly tokens: TokenSet;
  /** Which change of the tokens this is. */
  readonly version: number;
}

/** Sealed tokens in the rows of one table. Changes name the version they rest on, and change nothing when it is past. */
export class TokenStore {
  constructor(
    private readonly database: Database<TokenTables>,
    private readonly table: TokenTable,
    private readonly sealer: Sealer,
  ) {}

  /** How tokens stand in the table. */
  seal(tokens: TokenSet): string {
    return this.sealer.seal(revealTokens(tokens));
  }

  /** @returns `undefined` when there is no such row, or its tokens were sealed with a key that is gone */
  async read(id: string): Promise<KeptTokens | undefined> {
    const row = await this.database.kysely
      .selectFrom(this.table)
      .select(['issuer', 'tokens', 'tokens_version'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const text = openSealed(this.sealer, row.tokens);
    if (text === undefined) return undefined;
    return { issuer: row.issuer, tokens: concealTokens(text), version: row.tokens_version };
  }

  /**
   * Reserves the refreshing of a version, on all instances: a refresh token may be spent only once.
   *
   * @param untilMs when the reservation falls, should its holder die
   * @returns whether it was free
   */
  async claim(id: string, version: number, nowMs: number, untilMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.database.kysely
      .updateTable(this.table)
      .set({ refreshing_until_ms: untilMs })
      .where('id', '=', id)
      .where('tokens_version', '=', version)
      .where((row) => row.or([row('refreshing_until_ms', 'is', null), row('refreshing_until_ms', '<=', nowMs)]))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Puts new tokens in place of a version, and frees the reservation. */
  async replace(id: string, version: number, tokens: TokenSet): Promise<void> {
    await this.database.kysely
      .updateTable(this.table)
      .set({ tokens: this.seal(tokens), tokens_version: version + 1, refreshing_until_ms: null })
      .where('id', '=', id)
      .where('tokens_version', '=', version)
      .execute();
  }

  /** Frees the reservation: the tokens stay as they are. */
  async release(id: string, version: number): Promise<void> {
    await this.database.kysely
      .updateTable(this.table)
      .set({ refreshing_until_ms: null })
      .where('id', '=', id)
      .where('tokens_version', '=', version)
      .execute();
  }

  /** Deletes the row of a version. */
  async drop(id: string, version: number): Promise<void> {
    await this.database.kysely
      .deleteFrom(this.table)
      .where('id', '=', id)
      .where('tokens_version', '=', version)
      .execute();
  }
}
