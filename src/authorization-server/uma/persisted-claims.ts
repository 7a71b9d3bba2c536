import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { randomHandle } from '../../common/randomness.js';
import { Sealer } from '../../common/sealing.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { PreparedQuery, preparedInsert } from '../../database/prepared-query.js';
import { PURPOSE_CLAIM } from '../policy/claims.js';
import type { Person } from '../policy/person.js';
import type { Evidence } from './evidence.js';
import { type Progress, sealProgress, unsealProgress } from './progress.js';
import { UMA_SEALER, UmaOptions } from './uma-options.js';

/** For whom claims are kept, and out of which process. */
export interface PctPlace {
  readonly clientId: string;
  readonly processId: string;
}

const FIND = new PreparedQuery<
  UmaTables,
  { handleDigest: string; clientId: string; now: number },
  { readonly progress: string }
>((kysely, value) =>
  kysely
    .selectFrom('uma_pct')
    .select('progress')
    .where('handle_digest', '=', value('handleDigest'))
    .where('client_id', '=', value('clientId'))
    .where('expires_at', '>', value('now')),
);

const INSERT = preparedInsert<UmaTables, 'uma_pct'>('uma_pct', [
  ...(['handle_digest', 'client_id', 'process_id', 'subject_issuer', 'subject', 'progress', 'expires_at'] as const),
]);

const INSERT_SHARE = preparedInsert<UmaTables, 'uma_pct_share'>('uma_pct_share', ['pct_digest', 'share_id']);

const FORGET = new PreparedQuery<UmaTables, { handleDigest: string; clientId: string }, unknown>((kysely, value) =>
  kysely
    .deleteFrom('uma_pct')
    .where('handle_digest', '=', value('handleDigest'))
    .where('client_id', '=', value('clientId')),
);

/**
 * Claims that are kept with the requesting party's consent, for one client, behind a persisted claims token (PCT): an
 * unguessable handle that tells its holder nothing.
 *
 * @see UMA 2.0 Grant sections 3.3.5, 5.2 and 6.2
 */
@Injectable()
export class PersistedClaims {
  private readonly logger = new Logger(PersistedClaims.name);

  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
    @Inject(UMA_SEALER) private readonly sealer: Sealer,
  ) {}

  /** What is kept behind a PCT of this client; one that is unknown, expired or another client's is as good as none. */
  async find(within: Transaction<UmaTables>, handle: string, clientId: string): Promise<Progress | undefined> {
    const row = await FIND.first(within, { handleDigest: digest(handle), clientId, now: this.clock.nowSeconds() });
    if (row === undefined)
      this.logger.log(`Client ${clientId} sent a persisted claims token that is good for nothing.`);
    return row && unsealProgress(this.sealer, row.progress);
  }

  /**
   * Keeps the claims of a process, in place of those behind an earlier PCT.
   *
   * @param former the PCT that some of the claims rest on
   * @returns the new PCT; `undefined` when there is nothing that may be kept, as when the earlier PCT was revoked meanwhile
   */
  async keep(
    within: Transaction<UmaTables>,
    place: PctPlace,
    progress: Progress,
    former: string | undefined,
  ): Promise<string | undefined> {
    const { evidence, mayKeepClaims, shareIds } = progress;
    if (mayKeepClaims !== true || evidence === undefined) return undefined;
    const sealed = sealProgress(this.sealer, { ...progress, evidence: lastingPartOf(evidence) });
    if (sealed === null) return undefined;
    if (former !== undefined && !(await this.forget(within, former, place.clientId))) return undefined;
    const handle = randomHandle();
    const { issuer, subject } = evidence.person;
    await INSERT.execute(within, {
      handle_digest: digest(handle),
      client_id: place.clientId,
      process_id: place.processId,
      subject_issuer: issuer,
      subject,
      progress: sealed,
      expires_at: this.clock.nowSeconds() + this.options.claimLifetimeSeconds,
    });
    for (const share_id of shareIds) await INSERT_SHARE.execute(within, { pct_digest: digest(handle), share_id });
    return handle;
  }

  /** Forgets what is kept behind a PCT of this client. @returns whether there was anything */
  async forget(within: Transaction<UmaTables>, handle: string, clientId: string): Promise<boolean> {
    return (await FORGET.change(within, { handleDigest: digest(handle), clientId })) > 0;
  }

  /** The clients for which something of a person is kept. */
  async clientsOf({ issuer, subject }: Person): Promise<readonly string[]> {
    const rows = await this.database.kysely
      .selectFrom('uma_pct')
      .select('client_id')
      .distinct()
      .where('subject_issuer', '=', issuer)
      .where('subject', '=', subject)
      .where('expires_at', '>', this.clock.nowSeconds())
      .execute();
    return rows.map(({ client_id }) => client_id);
  }

  /** Forgets everything of a person that is kept for a client. @returns whether there was anything */
  async forgetPerson(
    { issuer, subject }: Person,
    clientId: string,
    kysely: Kysely<UmaTables> = this.database.kysely,
  ): Promise<boolean> {
    const { numDeletedRows } = await kysely
      .deleteFrom('uma_pct')
      .where('subject_issuer', '=', issuer)
      .where('subject', '=', subject)
      .where('client_id', '=', clientId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

/** What somebody wanted something for says nothing about the next time. */
function lastingPartOf(evidence: Evidence): Evidence {
  return { ...evidence, claims: evidence.claims.filter(({ name }) => name !== PURPOSE_CLAIM) };
}
