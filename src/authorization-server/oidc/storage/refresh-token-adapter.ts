import type { AdapterPayload } from 'oidc-provider';

import { digest } from '../../../common/digest.js';
import { errors, Provider } from '../oidc-provider.js';
import { digestOf, PayloadAdapter, type PayloadStore } from './payload-adapter.js';

/** A refresh token as it is stored: with the digest of the one that it came of. */
interface RefreshTokenPayload extends AdapterPayload {
  readonly predecessor?: string;
}

/**
 * Keeps refresh tokens. Each use gives a new one, but the answer can be lost on its way: so a token stays good until a
 * successor of it is used, which shows that one arrived. Then it is spent, and so is every other successor of it. A spent
 * token that comes again was stolen, or its successor was: the provider takes back all that rests on the grant.
 *
 * Good are thus the last token of a chain that was used, and whatever came of it. That one is a row of the table
 * `refresh_token_chain`, which a use moves on in one statement: of two branches one wins, whatever else happens at the same
 * moment.
 *
 * @see RFC 9700 section 4.14.2 (refresh token rotation)
 */
export class RefreshTokenAdapter extends PayloadAdapter {
  /** @param rotated tells the handle of the token for which the present request gets a new one */
  constructor(
    store: PayloadStore,
    private readonly rotated: () => string | undefined = rotatedByRequest,
  ) {
    super('RefreshToken', store);
  }

  /** @throws InvalidGrant when what the token came of is spent by now */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const predecessor = digestOf(this.rotated());
    const expiresAt = this.expiryOf(payload, expiresIn);
    if (predecessor === null) await this.beginChain(id, digestOf(payload.grantId), expiresAt);
    else await this.continueChain(predecessor, expiresAt);
    await super.upsert(id, predecessor === null ? payload : { ...payload, predecessor }, expiresIn);
  }

  override async find(id: string): Promise<RefreshTokenPayload | undefined> {
    const payload: RefreshTokenPayload | undefined = await super.find(id);
    if (payload === undefined || (await this.isGood(id, payload))) return payload;
    return { ...payload, consumed: true };
  }

  /**
   * Notes that a token is used.
   *
   * @throws InvalidGrant when it is spent by now, and for one that is not there
   */
  override async consume(id: string): Promise<void> {
    const payload: RefreshTokenPayload | undefined = await super.find(id);
    const { numUpdatedRows } = await this.store.database.kysely
      .updateTable('refresh_token_chain')
      .set({ last_used: digest(id) })
      .where('last_used', 'in', goodAfter(id, payload))
      .executeTakeFirstOrThrow();
    if (payload === undefined || numUpdatedRows === 0n) throw spent();
  }

  override async revokeByGrantId(grantId: string): Promise<void> {
    await super.revokeByGrantId(grantId);
    await this.store.database.kysely
      .deleteFrom('refresh_token_chain')
      .where('grant_id', '=', digest(grantId))
      .execute();
  }

  private async beginChain(id: string, grantId: string | null, expiresAt: number | null): Promise<void> {
    await this.store.database.kysely
      .insertInto('refresh_token_chain')
      .values({ last_used: digest(id), grant_id: grantId, expires_at: expiresAt })
      .execute();
  }

  private async continueChain(predecessor: string, expiresAt: number | null): Promise<void> {
    const { numUpdatedRows } = await this.store.database.kysely
      .updateTable('refresh_token_chain')
      .set({ expires_at: expiresAt })
      .where('last_used', '=', predecessor)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw spent();
  }

  private async isGood(id: string, payload: RefreshTokenPayload): Promise<boolean> {
    const chain = await this.store.database.kysely
      .selectFrom('refresh_token_chain')
      .select('last_used')
      .where('last_used', 'in', goodAfter(id, payload))
      .executeTakeFirst();
    return chain !== undefined;
  }
}

/** Digests of the tokens after whose use a token is still good: of itself, and of the one that it came of. */
function goodAfter(id: string, payload: RefreshTokenPayload | undefined): readonly string[] {
  return [digest(id), payload?.predecessor ?? []].flat();
}

function spent(): Error {
  return new errors.InvalidGrant('already consumed by another request');
}

function rotatedByRequest(): string | undefined {
  return Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti;
}
