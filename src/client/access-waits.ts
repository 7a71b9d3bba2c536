import { Inject, Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { Sealer } from '../common/sealing.js';
import { Secret } from '../common/secret.js';
import type { AccessStage, ClientTables } from '../database/client/access.js';
import { Database } from '../database/database.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { openSealed } from '../auth/open-sealed.js';
import type { Person } from './person.js';
import { pauseMs } from './polling.js';
import type { AuthorizationProcess, Submitted } from './uma-client/index.js';

/** How an access stands once it is not waited for any more; null when the next look simply asks the servers. */
export type SettledStage = Exclude<AccessStage, 'waiting'> | null;

/** An access that is waited for, in the hands of one poller. */
export interface ClaimedWait {
  readonly runId: string;
  readonly person: Person;
  /** URL of the protected resource. */
  readonly resource: string;
  /** The session in which it was asked for; it may have ended. */
  readonly sessionId: string;
  /** The authorization process; `undefined` when its ticket is gone, so that everything starts anew. */
  readonly process: AuthorizationProcess | undefined;
  /** For how long it has been waited. */
  readonly waitedMs: number;
  /** Which change of the stage the claim was. */
  readonly version: number;
}

/** What is sealed of a wait. */
interface SealedWait {
  readonly sessionId: string;
  readonly process?: {
    readonly authorizationServer: string;
    readonly ticket: string;
    readonly pushed: readonly string[];
  };
}

/** A poller that has not come to an end by then has died. */
const CLAIM_MS = 60_000;
/** The most waits that one tick looks after. */
const BATCH = 50;

/**
 * The accesses that wait for their owner's answer. They are kept in the database, so that they outlive the page and the
 * process, and each is in the hands of one poller at a time, on any instance.
 */
@Injectable()
export class AccessWaits {
  private readonly sealer: Sealer;

  constructor(
    private readonly database: Database<ClientTables>,
    private readonly clock: Clock,
    @Inject(CLIENT_OPTIONS) { secretKey }: ClientOptions,
  ) {
    this.sealer = new Sealer(secretKey, 'accesses that wait');
  }

  /** Lets a run wait: its owner was asked. */
  async begin(runId: string, sessionId: string, submitted: Submitted): Promise<void> {
    const nowMs = this.clock.nowMs();
    await this.database.kysely
      .updateTable('access_run')
      .set((row) => ({
        stage: 'waiting',
        waiting: this.seal(sessionId, submitted),
        since_ms: nowMs,
        due_ms: nowMs + pauseMs(0, submitted.intervalSeconds),
        version: row('version', '+', 1),
      }))
      .where('id', '=', runId)
      .execute();
  }

  /** Ends a wait, or the memory of an answer, from outside: a poll that is under way changes nothing any more. */
  async settle(runId: string, stage: SettledStage): Promise<void> {
    await this.changes(stage).where('id', '=', runId).execute();
  }

  /** Ends a wait that still goes on. @returns whether it did */
  async cancel(runId: string): Promise<boolean> {
    const cancelled = this.changes('cancelled').where('id', '=', runId).where('stage', '=', 'waiting');
    return (await cancelled.executeTakeFirst()).numUpdatedRows === 1n;
  }

  /** Ends every wait of a person. */
  async forget({ issuer, subject }: Person): Promise<void> {
    await this.changes(null)
      .where('person_issuer', '=', issuer)
      .where('person_subject', '=', subject)
      .where('stage', '=', 'waiting')
      .execute();
  }

  /**
   * Takes the waits that are due. Each ticket leaves the table with its claim: should the answer to it be lost, or this
   * process die, nobody sends it a second time.
   */
  async claimDue(): Promise<readonly ClaimedWait[]> {
    const due = await this.database.kysely
      .selectFrom('access_run')
      .select(['id', 'person_issuer', 'person_subject', 'resource', 'waiting', 'since_ms', 'version'])
      .where('stage', '=', 'waiting')
      .where('due_ms', '<=', this.clock.nowMs())
      .orderBy('due_ms')
      .limit(BATCH)
      .execute();
    const claimed: ClaimedWait[] = [];
    for (const { id, version, ...row } of due) {
      const { sessionId, process } = this.open(row.waiting);
      if (!(await this.take(id, version, sessionId))) continue;
      claimed.push({
        runId: id,
        person: { issuer: row.person_issuer, subject: row.person_subject },
        resource: row.resource,
        sessionId,
        process,
        waitedMs: this.clock.nowMs() - (row.since_ms ?? 0),
        version: version + 1,
      });
    }
    return claimed;
  }

  /** Lets a claimed run wait on. @param submitted the new answer; `undefined` when there was none */
  async wait({ runId, version, sessionId, waitedMs }: ClaimedWait, submitted: Submitted | undefined): Promise<void> {
    await this.database.kysely
      .updateTable('access_run')
      .set({
        waiting: this.seal(sessionId, submitted),
        due_ms: this.clock.nowMs() + pauseMs(waitedMs, submitted?.intervalSeconds),
        version: version + 1,
      })
      .where('id', '=', runId)
      .where('version', '=', version)
      .execute();
  }

  /** Ends the wait of a claimed run, unless it was ended meanwhile. */
  async finish({ runId, version }: ClaimedWait, stage: SettledStage): Promise<void> {
    await this.changes(stage).where('id', '=', runId).where('version', '=', version).execute();
  }

  private async take(id: string, version: number, sessionId: string): Promise<boolean> {
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('access_run')
      .set({
        waiting: this.seal(sessionId, undefined),
        due_ms: this.clock.nowMs() + CLAIM_MS,
        version: version + 1,
      })
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  private changes(stage: SettledStage) {
    return this.database.kysely
      .updateTable('access_run')
      .set((row) => ({ stage, waiting: null, since_ms: null, due_ms: null, version: row('version', '+', 1) }));
  }

  private seal(sessionId: string, submitted: Submitted | undefined): string {
    const { authorizationServer, ticket, pushed } = submitted ?? {};
    const wait: SealedWait = {
      sessionId,
      ...(authorizationServer !== undefined &&
        ticket !== undefined &&
        pushed !== undefined && { process: { authorizationServer, ticket: ticket.reveal(), pushed } }),
    };
    return this.sealer.seal(JSON.stringify(wait));
  }

  /** What was sealed with a key that is gone starts anew, with whatever the person can still prove. */
  private open(sealed: string | null): Pick<ClaimedWait, 'sessionId' | 'process'> {
    const text = sealed === null ? undefined : openSealed(this.sealer, sealed);
    if (text === undefined) return { sessionId: '', process: undefined };
    const { sessionId, process } = JSON.parse(text) as SealedWait;
    return { sessionId, process: process && { ...process, ticket: new Secret(process.ticket) } };
  }
}
