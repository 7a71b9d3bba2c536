import type { Selectable } from 'kysely';
import type { Adapter, AdapterPayload } from 'oidc-provider';

import type { Clock } from '../../../common/clock.js';
import { digest } from '../../../common/digest.js';
import type { Sealer } from '../../../common/sealing.js';
import type { OidcPayloadTable, OidcTables } from '../../../database/authorization-server/oidc.js';
import type { Database } from '../../../database/database.js';
import { PreparedQuery } from '../../../database/prepared-query.js';
import { errors } from '../oidc-provider.js';

/** What every adapter of one server rests on. */
export interface PayloadStore {
  readonly database: Database<OidcTables>;
  readonly clock: Clock;
  readonly sealer: Sealer;
}

type Found = Pick<Selectable<OidcPayloadTable>, 'payload' | 'consumed_at'>;

const findBy = (column: 'id' | 'uid' | 'user_code') =>
  new PreparedQuery<OidcTables, { kind: string; digest: string }, Found>((kysely, value) =>
    kysely
      .selectFrom('oidc_payload')
      .select(['payload', 'consumed_at'])
      .where('kind', '=', value('kind'))
      .where(column, '=', value('digest')),
  );

const FIND_BY = { id: findBy('id'), uid: findBy('uid'), user_code: findBy('user_code') };

const CONTENT = ['grant_id', 'account_id', 'uid', 'user_code', 'payload', 'expires_at'] as const;

const UPSERT = new PreparedQuery<OidcTables, OidcPayloadTable, unknown>((kysely, value) =>
  kysely
    .insertInto('oidc_payload')
    .values({
      ...{ kind: value('kind'), id: value('id'), consumed_at: value('consumed_at') },
      ...Object.fromEntries(CONTENT.map((column) => [column, value(column)])),
    } as OidcPayloadTable)
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'id'])
        .doUpdateSet((row) => Object.fromEntries(CONTENT.map((column) => [column, row.ref(`excluded.${column}`)]))),
    ),
);

/**
 * Keeps one kind of the provider's things in the database. Handles are stored as digests and payloads encrypted, so that
 * a stolen database opens nothing. Each change is one statement, so that instances may share the tables.
 */
export class PayloadAdapter implements Adapter {
  constructor(
    private readonly kind: string,
    protected readonly store: PayloadStore,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const content = {
      grant_id: this.kind === 'Interaction' ? null : digestOf(payload.grantId),
      account_id: digestOf(payload.accountId),
      uid: digestOf(payload.uid),
      user_code: digestOf(payload.userCode),
      payload: this.store.sealer.seal(JSON.stringify(payload)),
      expires_at: this.expiryOf(payload, expiresIn),
    };
    await UPSERT.execute(this.store.database.kysely, {
      kind: this.kind,
      id: digest(id),
      consumed_at: null,
      ...content,
    });
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.findBy('id', id);
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.findBy('uid', uid);
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.findBy('user_code', userCode);
  }

  /**
   * Marks a code as used. Of two uses at the same moment one wins.
   *
   * @throws InvalidGrant for the other
   */
  async consume(id: string): Promise<void> {
    const { numUpdatedRows } = await this.store.database.kysely
      .updateTable('oidc_payload')
      .set({ consumed_at: this.store.clock.nowSeconds() })
      .where('kind', '=', this.kind)
      .where('id', '=', digest(id))
      .where('consumed_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw new errors.InvalidGrant('already consumed by another request');
  }

  async destroy(id: string): Promise<void> {
    await this.store.database.kysely
      .deleteFrom('oidc_payload')
      .where('kind', '=', this.kind)
      .where('id', '=', digest(id))
      .execute();
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.store.database.kysely
      .deleteFrom('oidc_payload')
      .where('kind', '=', this.kind)
      .where('grant_id', '=', digest(grantId))
      .execute();
  }

  private async findBy(column: 'id' | 'uid' | 'user_code', value: string): Promise<AdapterPayload | undefined> {
    const values = { kind: this.kind, digest: digest(value) };
    const row = await FIND_BY[column].first(this.store.database.kysely, values);
    return row && this.payloadOf(row);
  }

  private payloadOf({ payload, consumed_at }: Found) {
    const content = JSON.parse(this.store.sealer.unseal(payload)) as AdapterPayload;
    return consumed_at === null ? content : { ...content, consumed: consumed_at };
  }

  /** The provider goes by the machine's clock and writes `exp` itself; ours counts only where it did not. */
  protected expiryOf({ exp }: AdapterPayload, expiresIn: number | undefined): number | null {
    if (exp !== undefined) return exp;
    return expiresIn === undefined ? null : this.store.clock.nowSeconds() + expiresIn;
  }
}

/** What is stored of a handle that a payload may have. */
export function digestOf(handle: string | undefined): string | null {
  return handle === undefined ? null : digest(handle);
}
