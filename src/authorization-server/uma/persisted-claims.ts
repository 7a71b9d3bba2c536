import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { idAt, randomHandle } from '../../common/randomness.js';
import { Sealer } from '../../common/sealing.js';
import type { UmaPctTable, UmaTables } from '../../database/authorization-server/uma.js';
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

/** What is kept behind a PCT that was presented. */
export interface KeptClaims {
  readonly id: string;
  readonly handleDigest: string;
  readonly progress: Progress;
}

const FIND = new PreparedQuery<
  UmaTables,
  { handleDigest: string; clientId: string; now: number },
  { readonly id: string; readonly progress: string }
>((kysely, value) =>
  kysely
    .selectFrom('uma_pct')
    .select(['id', 'progress'])
    .where('handle_digest', '=', value('handleDigest'))
    .where('client_id', '=', value('clientId'))
    .where('expires_at', '>', value('now')),
);

const INSERT = preparedInsert<UmaTables, 'uma_pct'>('uma_pct', [
  ...(['id', 'handle_digest', 'client_id', 'process_id'] as const),
  ...(['subject_issuer', 'subject', 'progress', 'expires_at'] as const),
]);

const INSERT_SHARE = preparedInsert<UmaTables, 'uma_pct_share'>('uma_pct_share', ['pct_id', 'share_id']);

type Renewal = Omit<UmaPctTable, 'id'> & { readonly formerDigest: string };

/** The former handle in the condition lets only one of several grants at once take the place of a PCT. */
const RENEW = new PreparedQuery<UmaTables, Renewal, unknown>((kysely, value) =>
  kysely
    .updateTable('uma_pct')
    .set({
      handle_digest: value('handle_digest'),
      process_id: value('process_id'),
      progress: value('progress'),
      expires_at: value('expires_at'),
    })
    .where('handle_digest', '=', value('formerDigest'))
    .where('client_id', '=', value('client_id'))
    .where('subject_issuer', '=', value('subject_issuer'))
    .where('subject', '=', value('subject')),
);

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
  async find(within: Transaction<UmaTables>, handle: string, clientId: string): Promise<KeptClaims | undefined> {
    const handleDigest = digest(handle);
    const row = await FIND.first(within, { handleDigest, clientId, now: this.clock.nowSeconds() });
    if (row === undefined) {
      this.logger.log(`Client ${clientId} sent a persisted claims token that is good for nothing.`);
      return undefined;
    }
    return { id: row.id, handleDigest, progress: unsealProgress(this.sealer, row.progress) };
  }

  /**
   * Keeps the claims of a process, in place of those of an earlier PCT.
   *
   * @param former what some of the claims rest on, of the same person
   * @returns the new PCT; `undefined` when there is nothing that may be kept, as when the earlier PCT was revoked meanwhile
   */
  async keep(
    within: Transaction<UmaTables>,
    place: PctPlace,
    progress: Progress,
    former: KeptClaims | undefined,
  ): Promise<string | undefined> {
    const { evidence, mayKeepClaims, shareIds } = progress;
    if (mayKeepClaims !== true || evidence === undefined) return undefined;
    const sealed = sealProgress(this.sealer, { ...progress, evidence: lastingPartOf(evidence) });
    if (sealed === null) return undefined;
    const handle = randomHandle();
    const row = {
      handle_digest: digest(handle),
      client_id: place.clientId,
      process_id: place.processId,
      subject_issuer: evidence.person.issuer,
      subject: evidence.person.subject,
      progress: sealed,
      expires_at: this.clock.nowSeconds() + this.options.claimLifetimeSeconds,
    };
    const id = former === undefined ? await this.begin(within, row) : await this.renew(within, row, former);
    if (id === undefined) return undefined;
    const tied = former?.progress.shareIds ?? [];
    const untied = shareIds.filter((shareId) => !tied.includes(shareId));
    for (const share_id of untied) await INSERT_SHARE.execute(within, { pct_id: id, share_id });
    return handle;
  }

  private async begin(within: Transaction<UmaTables>, row: Omit<UmaPctTable, 'id'>): Promise<string> {
    const id = idAt(this.clock.nowSeconds());
    await INSERT.execute(within, { id, ...row });
    return id;
  }

  /** @returns `undefined` when the earlier PCT is gone, or is not of this person and client */
  private async renew(
    within: Transaction<UmaTables>,
    row: Omit<UmaPctTable, 'id'>,
    { id, handleDigest }: KeptClaims,
  ): Promise<string | undefined> {
    const renewed = await RENEW.change(within, { ...row, formerDigest: handleDigest });
    return renewed === 1 ? id : undefined;
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
