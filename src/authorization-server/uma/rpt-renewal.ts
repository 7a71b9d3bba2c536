import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { randomId } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { refreshHandle, renewedBy } from './refresh-handle.js';
import type { IssuedRpt } from './requesting-party-tokens.js';
import { permissionsOf, type RptRow } from './rpt-permissions.js';
import { RptWriter } from './rpt-writer.js';
import { TokenRevocation } from './token-revocation.js';

/** A token request with a refresh token of a requesting party token, of a client that was authenticated. */
export interface RenewalRequest {
  readonly refreshToken: string;
  readonly clientId: string;
  /** What the new token is narrowed to; none: all of its permissions. */
  readonly scopes: readonly string[];
  readonly keyThumbprint: string | undefined;
}

/**
 * Renews requesting party tokens without assessing anything anew: what has been withdrawn since is gone from them. The
 * refresh token before stays good until its successor is used, because an answer can be lost on its way.
 *
 * @see UMA 2.0 Grant section 3.6, RFC 6749 section 6
 */
@Injectable()
export class RptRenewal {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly revocation: TokenRevocation,
    private readonly writer: RptWriter,
  ) {}

  /**
   * @throws UmaError `invalid_grant` for a token that is good for nothing; one that was used before takes all along that
   * came of it. `invalid_scope` for a scope that the permissions do not have
   */
  async renew(request: RenewalRequest): Promise<IssuedRpt> {
    const outcome = await this.database.transaction((within) => this.attempt(within, request));
    // Thrown only now: inside, it would undo that everything was taken back.
    if (outcome === undefined) throw new UmaError('invalid_grant', 'The refresh token is unknown, expired or used.');
    return outcome;
  }

  private async attempt(within: Transaction<UmaTables>, request: RenewalRequest): Promise<IssuedRpt | undefined> {
    const row = await this.held(within, renewedBy(request.refreshToken) ?? '', request.clientId);
    if (row?.key_thumbprint !== (request.keyThumbprint ?? null)) return undefined;
    const presented = digest(request.refreshToken);
    if (presented !== row.refresh_digest && presented !== row.former_refresh_digest) {
      await this.revocation.ofProcess(within, row.process_id);
      return undefined;
    }
    const narrowedTo = await this.narrowed(within, row, request.scopes);
    return this.replace(within, row, presented, narrowedTo);
  }

  private held(within: Transaction<UmaTables>, id: string, clientId: string): Promise<RptRow | undefined> {
    return within
      .selectFrom('uma_rpt')
      .selectAll()
      .where('id', '=', id)
      .where('client_id', '=', clientId)
      .where('refresh_expires_at', '>', this.clock.nowSeconds())
      .$if(this.database.dialect === 'postgres', (query) => query.forUpdate())
      .executeTakeFirst();
  }

  private async narrowed(
    within: Transaction<UmaTables>,
    row: RptRow,
    scopes: readonly string[],
  ): Promise<readonly string[] | undefined> {
    if (scopes.length === 0) return undefined;
    const all = { ...row, narrowed_to: null, expires_at: Infinity };
    const permissions = await permissionsOf(within, all, this.clock.nowSeconds());
    const granted = permissions.flatMap(({ resourceScopes }) => resourceScopes);
    if (missingScopes(scopes, granted).length > 0) {
      throw new UmaError('invalid_scope', 'A scope is not among those that were granted.');
    }
    return scopes;
  }

  private async replace(
    within: Transaction<UmaTables>,
    row: RptRow,
    presented: string,
    narrowedTo: readonly string[] | undefined,
  ): Promise<IssuedRpt | undefined> {
    const now = this.clock.nowSeconds();
    const refreshToken = refreshHandle(row.id);
    const next = {
      token_id: randomId(),
      narrowed_to: narrowedTo === undefined ? null : JSON.stringify(narrowedTo),
      issued_at: now,
      expires_at: now + row.lifetime_seconds,
      refresh_digest: digest(refreshToken),
      former_refresh_digest: presented,
      ends_at: Math.max(row.ends_at, now + row.lifetime_seconds),
    };
    const permissions = await permissionsOf(within, { ...row, ...next }, now);
    if (permissions.length === 0) return undefined;
    const handle = this.writer.write({ ...row, ...next }, permissions);
    await within
      .updateTable('uma_rpt')
      .set({ ...next, handle_digest: digest(handle) })
      .where('id', '=', row.id)
      .execute();
    if (row.expires_at > now) await this.revocation.tell(within, [row]);
    return {
      handle,
      refreshToken,
      keyThumbprint: row.key_thumbprint ?? undefined,
      expiresInSeconds: row.lifetime_seconds,
      upgraded: false,
    };
  }
}
