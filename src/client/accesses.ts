import { Injectable } from '@nestjs/common';

import type { LoginSession } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import type { AccessStage } from '../database/client/access.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { type AccessRun, AccessRuns } from './access-runs.js';
import type { AccessState, AccessView } from './access-view.js';
import { AccessWaits } from './access-waits.js';
import { ClaimsRedirects } from './claims-redirects.js';
import { type Look, SharedHeartRate } from './shared-heart-rate.js';

/** A link with one of these states was mistyped, or set by a stranger: it is not worth remembering. */
const NOT_OPENED: ReadonlySet<AccessState> = new Set(['not-found', 'not-trusted']);

const STATES: Readonly<Record<AccessStage, AccessState>> = {
  waiting: 'owner-must-agree',
  denied: 'denied',
  declined: 'declined',
  unanswered: 'unanswered',
  cancelled: 'cancelled',
};

/** What somebody opened, and how it stands: as the servers say, or while they need not be asked as is remembered. */
@Injectable()
export class Accesses {
  constructor(
    private readonly runs: AccessRuns,
    private readonly waits: AccessWaits,
    private readonly redirects: ClaimsRedirects,
    private readonly heartRate: SharedHeartRate,
    private readonly clock: Clock,
  ) {}

  /** Opens what a share link leads to. @param again whether to ask once more where an answer is remembered */
  async open(session: LoginSession, resource: string, again: boolean): Promise<AccessView> {
    const known = await this.runs.of(session.person, resource);
    if (known !== undefined && again) await this.waits.settle(known.id, null);
    else if (known?.stage != null) return this.remembered(await this.runs.open(session.person, resource), known.stage);
    const look = await this.heartRate.open(session, resource);
    if (NOT_OPENED.has(look.state)) return this.view({ resource }, look);
    return this.learn(session, await this.runs.open(session.person, resource), look);
  }

  /** The newest sample, as long as there is access. @throws UmaError `not_found` */
  async latest(session: LoginSession, id: string): Promise<AccessView> {
    return this.see(session, id, (resource) => this.heartRate.latest(session, resource));
  }

  /** The samples since a time, as long as there is access. @param from RFC 3339 @throws UmaError `not_found` */
  async since(session: LoginSession, id: string, from: string): Promise<AccessView> {
    return this.see(session, id, (resource) => this.heartRate.since(session, resource, from));
  }

  /** Waits for the owner's answer no longer. @throws UmaError `not_found` */
  async cancel(session: LoginSession, id: string): Promise<AccessView> {
    const run = await this.runOf(session, id);
    if (await this.waits.cancel(run.id)) return this.remembered(run, 'cancelled');
    return this.see(session, id, (resource) => this.heartRate.latest(session, resource));
  }

  /**
   * Asks anew, so that the ticket with which the person goes to tell more about themselves is not older than their
   * decision to do so.
   *
   * @throws UmaError `not_found`
   */
  async giveClaims(session: LoginSession, id: string): Promise<AccessView> {
    const run = await this.runOf(session, id);
    const look = await this.heartRate.latest(session, run.resource);
    if (look.ending?.kind !== 'need-info') return this.learn(session, run, look);
    return this.view(run, look, await this.redirects.begin(session.id, run.id, look.ending, 1));
  }

  private async see(session: LoginSession, id: string, look: (resource: string) => Promise<Look>): Promise<AccessView> {
    const run = await this.runOf(session, id);
    if (run.stage !== null) return this.remembered(run, run.stage);
    return this.learn(session, run, await look(run.resource));
  }

  private async learn(session: LoginSession, run: AccessRun, look: Look): Promise<AccessView> {
    if (look.ending?.kind === 'submitted') await this.waits.begin(run.id, session.id, look.ending);
    return this.view(run, look);
  }

  private async runOf({ person }: LoginSession, id: string): Promise<AccessRun> {
    const run = await this.runs.find(person, id);
    if (run === undefined) throw new UmaError('not_found', 'You have not opened such a link.');
    return run;
  }

  private remembered(run: AccessRun, stage: AccessStage): AccessView {
    return this.view(run, { state: STATES[stage], wanted: [], samples: [] });
  }

  private view(
    { id, resource }: Pick<AccessView, 'id' | 'resource'>,
    { state, wanted, samples }: Look,
    continueAt?: string,
  ): AccessView {
    const asOf = new Date(this.clock.nowMs()).toISOString();
    return {
      ...(id !== undefined && { id }),
      ...{ resource, state, wanted, samples, asOf },
      ...(continueAt !== undefined && { continueAt }),
    };
  }
}
