import { Injectable } from '@nestjs/common';

import type { LoginSession } from '../auth/index.js';
import { Secret } from '../common/secret.js';
import { readClaimsInteractionAnswer, returnedState } from '../uma/protocol/claims-interaction.js';
import { type AccessRun, AccessRuns } from './access-runs.js';
import { AccessWaits } from './access-waits.js';
import { claimsFailure, type ClaimsFault } from './claims-failure.js';
import { ClaimsRedirects, type PendingClaims } from './claims-redirects.js';
import { SharedResources } from './shared-resources.js';
import type { NeedInfo, Resumed } from './uma-client/index.js';

/** Where the person goes on: to what they opened, or once more to the authorization server. */
export type Onward = { readonly resource: string } | { readonly url: string };

/** How often a person is sent to an authorization server within one process, before it is no use. */
const MAX_ROUNDS = 5;

/** Takes people back who gave claims at an authorization server, and goes on with the flow. */
@Injectable()
export class ClaimsReturn {
  constructor(
    private readonly runs: AccessRuns,
    private readonly waits: AccessWaits,
    private readonly redirects: ClaimsRedirects,
    private readonly resources: SharedResources,
  ) {}

  /**
   * @param session of the browser that came back; `undefined` when nobody is signed in there
   * @param query what it brought along
   * @throws ClaimsFailure when there is nothing to go on with
   * @see UMA 2.0 Grant sections 3.3.3 and 5.1
   */
  async finish(session: LoginSession | undefined, query: URLSearchParams): Promise<Onward> {
    if (session === undefined) throw claimsFailure('signed-out');
    const state = returnedState(query);
    const pending = state === undefined ? undefined : await this.redirects.take(session.id, state);
    const run = pending && (await this.runs.find(session.person, pending.runId));
    if (pending === undefined || run === undefined) throw claimsFailure('not-begun-here');
    const ticket = ticketOf(query, pending, run.resource);
    const resumed = await this.resources.resume(session, run.resource, { ...pending.process, ticket });
    return this.conclude(session, run, pending, resumed);
  }

  private async conclude(
    session: LoginSession,
    run: AccessRun,
    pending: PendingClaims,
    resumed: Resumed,
  ): Promise<Onward> {
    const { id, resource } = run;
    if (resumed.kind === 'need-info') return { url: await this.onceMore(session, run, pending, resumed) };
    if (resumed.kind === 'submitted') await this.waits.begin(id, session.id, resumed);
    else if (resumed.kind === 'granted') await this.waits.settle(id, null);
    else if (resumed.kind === 'denied') await this.waits.settle(id, 'denied');
    else throw claimsFailure(faultOf(resumed), resource);
    return { resource };
  }

  private async onceMore(
    session: LoginSession,
    { id, resource }: AccessRun,
    { rounds }: PendingClaims,
    needInfo: NeedInfo,
  ): Promise<string> {
    const again = rounds < MAX_ROUNDS ? await this.redirects.begin(session.id, id, needInfo, rounds + 1) : undefined;
    if (again === undefined) throw claimsFailure('never-enough', resource);
    return again;
  }
}

function ticketOf(query: URLSearchParams, { process, returnsIssuer }: PendingClaims, resource: string): Secret {
  const { authorizationServer, ticket } = process;
  const sent = { issuer: authorizationServer, returnsIssuer, ticket: ticket.reveal() };
  const answer = readClaimsInteractionAnswer(query, sent);
  if (answer.kind === 'ticket') return new Secret(answer.ticket);
  if (answer.kind === 'invalid') throw claimsFailure('not-an-answer', resource);
  throw claimsFailure(answer.error === 'access_denied' ? 'person-said-no' : 'server-failed', resource);
}

function faultOf(resumed: Resumed): ClaimsFault {
  if (resumed.kind === 'authorization-server-unreachable') return 'out-of-reach';
  return resumed.kind === 'refused' && resumed.error === 'invalid_grant' ? 'took-too-long' : 'misunderstanding';
}
