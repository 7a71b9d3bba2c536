import { Inject, Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { digest } from '../common/digest.js';
import { randomHandle } from '../common/randomness.js';
import { Sealer } from '../common/sealing.js';
import { Secret } from '../common/secret.js';
import type { ClientTables } from '../database/client/access.js';
import { Database } from '../database/database.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { openSealed } from '../auth/open-sealed.js';
import { type AuthorizationProcess, type NeedInfo, UmaClient } from './uma-client/index.js';

/** Path of the claims redirect URI below the address of this process, as the authorization servers know it. */
export const CLAIMS_CALLBACK = 'claimCallback';

/** A person who is away to give claims. */
export interface PendingClaims {
  readonly runId: string;
  /** The process that goes on when they come back; its ticket is the one that was sent. */
  readonly process: AuthorizationProcess;
  /** Whether the authorization server names itself in its answer. */
  readonly returnsIssuer: boolean;
  /** How often the person was sent there in this process. */
  readonly rounds: number;
}

interface SealedClaims extends Omit<PendingClaims, 'runId' | 'process'> {
  readonly process: Omit<AuthorizationProcess, 'ticket'> & { readonly ticket: string };
}

/** Somebody may have to sign in on the way, and read. */
const LIFETIME_MS = 15 * 60_000;

/**
 * The persons who were sent to an authorization server to give claims. The `state` that they bring back is random, good
 * for one use, and good in the session alone in which they were sent away: an answer that somebody else got is worth
 * nothing in this browser.
 *
 * @see UMA 2.0 Grant section 5.1 (cross-site request forgery)
 */
@Injectable()
export class ClaimsRedirects {
  private readonly sealer: Sealer;

  constructor(
    private readonly database: Database<ClientTables>,
    private readonly clock: Clock,
    private readonly umaClient: UmaClient,
    @Inject(CLIENT_OPTIONS) private readonly options: ClientOptions,
  ) {
    this.sealer = new Sealer(options.secretKey, 'claims redirects');
  }

  /**
   * Prepares to send a person away.
   *
   * @param rounds how often that was done in this process, this time included
   * @returns where to; `undefined` when the authorization server offers no such place
   */
  async begin(session: string, runId: string, needInfo: NeedInfo, rounds: number): Promise<string | undefined> {
    const state = randomHandle();
    const claimsRedirectUri = `${this.options.baseUrl}/${CLAIMS_CALLBACK}`;
    const url = this.umaClient.claimsRedirect(needInfo, { claimsRedirectUri, state });
    if (url === undefined) return undefined;
    const { authorizationServer, ticket, pushed, returnsIssuer } = needInfo;
    const process = { authorizationServer, ticket: ticket.reveal(), pushed };
    const sealed = this.sealer.seal(JSON.stringify({ process, returnsIssuer, rounds } satisfies SealedClaims));
    const expires_ms = this.clock.nowMs() + LIFETIME_MS;
    await this.database.kysely
      .insertInto('claims_redirect')
      .values({ state: digest(state), session, access_run: runId, sealed, expires_ms })
      .execute();
    return url;
  }

  /** Finds who comes back; a second time there is nobody. @returns `undefined` too for another session, or too late */
  async take(session: string, state: string): Promise<PendingClaims | undefined> {
    const row = await this.database.kysely
      .deleteFrom('claims_redirect')
      .where('state', '=', digest(state))
      .where('session', '=', session)
      .returning(['access_run', 'sealed', 'expires_ms'])
      .executeTakeFirst();
    if (row === undefined || row.expires_ms <= this.clock.nowMs()) return undefined;
    const text = openSealed(this.sealer, row.sealed);
    if (text === undefined) return undefined;
    const { process, ...rest } = JSON.parse(text) as SealedClaims;
    return { ...rest, runId: row.access_run, process: { ...process, ticket: new Secret(process.ticket) } };
  }

  /** Forgets who did not come back. @param nowMs milliseconds since the Unix epoch */
  async purge(nowMs: number): Promise<void> {
    await this.database.kysely.deleteFrom('claims_redirect').where('expires_ms', '<=', nowMs).execute();
  }
}
