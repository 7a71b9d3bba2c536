import { Injectable } from '@nestjs/common';

import { Clock } from '../../../common/clock.js';
import type { UmaTables } from '../../../database/authorization-server/uma.js';
import { Database } from '../../../database/database.js';
import { UmaError } from '../../../uma/protocol/uma-error.js';
import { type RegisteredClient, RegisteredClients } from '../../oidc/clients/registered-clients.js';
import type { ClaimRequirement } from '../../policy/claims.js';
import { DecisionPoint } from '../../policy/decision-point.js';
import type { Person } from '../../policy/person.js';
import { AccessAssessor } from '../access-assessor.js';
import { ClaimTokens } from '../claim-tokens/claim-tokens.js';
import { combined, requestingPartyAt } from '../evidence.js';
import { type PermissionTicket, PermissionTickets } from '../permission-tickets.js';
import { PersistedClaims } from '../persisted-claims.js';
import { requesterOf } from '../requester.js';
import { UmaOptions } from '../uma-options.js';
import { accountEvidence, answerable, type Disclosure, type SignedInPerson } from './account-claims.js';
import type { ClaimsRequest } from './claims-request.js';
import { type ClaimsVisit, VISIT_SECONDS } from './visit-cookie.js';

/** What there is to ask a person who is signed in. */
export interface ClaimsQuestion {
  readonly client: RegisteredClient;
  readonly resourceServer: RegisteredClient;
  /** Account id of the resource owner. */
  readonly ownerId: string;
  /** The claims that are still missing and that this server can speak of. */
  readonly claims: readonly ClaimRequirement[];
  /** The shares whose conditions they are to meet. */
  readonly shareIds: readonly string[];
  /** Whether something of this person is kept for the client, as they agreed to. */
  readonly remembered: boolean;
  /** The person of this server whom the process is about already. */
  readonly expected: Person | undefined;
}

/** What a requesting party answers. */
export interface ClaimsAnswer {
  readonly person: SignedInPerson;
  readonly purpose: string | undefined;
  /** Names of the claims that they were shown: what is asked for only since then is not told. */
  readonly shown: readonly string[];
  /** Whether the claims may be kept for another process of this client. */
  readonly remember: boolean;
}

/**
 * An authorization process as it passes through the requesting party's browser. The ticket that comes in is consumed at
 * once; until the client gets the next one, the process goes on with a ticket that stays between this server and the
 * browser.
 *
 * @see UMA 2.0 Grant sections 3.3.2 and 3.3.3
 */
@Injectable()
export class ClaimsInteraction {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly clients: RegisteredClients,
    private readonly claimTokens: ClaimTokens,
    private readonly tickets: PermissionTickets,
    private readonly decisionPoint: DecisionPoint,
    private readonly assessor: AccessAssessor,
    private readonly persistedClaims: PersistedClaims,
    private readonly options: UmaOptions,
  ) {}

  /** @returns `undefined` when the ticket is good for nothing */
  async begin({ client, ticket: handle, redirectUri, state }: ClaimsRequest): Promise<ClaimsVisit | undefined> {
    const { clientId } = client;
    if (handle === undefined) return undefined;
    const ticket = await this.database.transaction(async (within) => {
      const presented = await this.tickets.consume(within, handle, clientId);
      const next = { clientId, lifetimeSeconds: VISIT_SECONDS };
      return presented && this.tickets.goOn(within, presented, { ...next, progress: presented.progress });
    });
    return ticket === undefined ? undefined : { clientId, redirectUri, state, ticket };
  }

  /**
   * What to ask a person; nothing is changed by it.
   *
   * @returns `undefined` when the process has ended
   */
  async questionFor(visit: ClaimsVisit, person: SignedInPerson): Promise<ClaimsQuestion | undefined> {
    const ticket = await this.tickets.peek(visit.ticket, visit.clientId);
    const client = await this.clients.find(visit.clientId);
    const resourceServer = ticket && (await this.clients.find(ticket.pat.resourceServer));
    if (ticket === undefined || client === undefined || resourceServer === undefined) return undefined;
    const known = ticket.progress.evidence?.person;
    const { issuer } = this.options;
    const remembering = await this.persistedClaims.clientsOf({ issuer, subject: person.account.id });
    return {
      client,
      resourceServer,
      ownerId: ticket.pat.ownerId,
      ...(await this.missingClaims(ticket, client, person)),
      remembered: remembering.includes(client.clientId),
      expected: known?.issuer === issuer && known.subject !== person.account.id ? known : undefined,
    };
  }

  /**
   * Adds what the requesting party agreed to tell. Whoever does not want to be remembered is forgotten: what the client has
   * of them from before, too.
   *
   * @returns the client's next ticket; `undefined` when the process has ended, or is about another person
   */
  async answer(visit: ClaimsVisit, { person, purpose, shown, remember }: ClaimsAnswer): Promise<string | undefined> {
    const question = await this.questionFor(visit, person);
    if (question === undefined || question.expected !== undefined) return undefined;
    const claims = question.claims.filter(({ name }) => shown.includes(name));
    const given = this.evidenceOf(person, { claims, purpose });
    const { clientId } = visit;
    return this.database.transaction(async (within) => {
      const ticket = await this.tickets.consume(within, visit.ticket, clientId);
      if (ticket === undefined) return undefined;
      const { progress } = ticket;
      const evidence = combined(progress.evidence, given);
      const shareIds = [...new Set([...progress.shareIds, ...question.shareIds])];
      const next = { ...progress, evidence, mayKeepClaims: remember, shareIds };
      if (!remember) await this.persistedClaims.forgetPerson(given.person, clientId, within);
      return this.tickets.goOn(within, ticket, { clientId, progress: next });
    });
  }

  /** Ends the process: there is no ticket any more. */
  async cancel({ ticket, clientId }: ClaimsVisit): Promise<void> {
    await this.database.transaction((within) => this.tickets.consume(within, ticket, clientId));
  }

  /** The claims that would still be missing if the person told who they are and no more. */
  private async missingClaims(
    ticket: PermissionTicket,
    client: RegisteredClient,
    person: SignedInPerson,
  ): Promise<Pick<ClaimsQuestion, 'claims' | 'shareIds'>> {
    const evidence = combined(ticket.progress.evidence, this.evidenceOf(person, { claims: [], purpose: undefined }));
    const requester = requesterOf(ticket, client, {
      claimIssuers: this.claimTokens.issuersFor(client),
      requestedScopes: [],
      requestingParty: requestingPartyAt(evidence, this.clock.nowMs()),
    });
    const assessment = await this.decisionPoint
      .consulting(() => this.database.transaction((within) => this.assessor.assess(within, ticket, requester)))
      .catch(nothingToAsk);
    if (assessment?.kind !== 'need-claims') return { claims: [], shareIds: [] };
    return { claims: answerable(assessment.claims, this.options.issuer), shareIds: assessment.shareIds };
  }

  private evidenceOf(person: SignedInPerson, disclosure: Disclosure) {
    const nowMs = this.clock.nowMs();
    const times = { nowMs, untilMs: nowMs + this.options.claimLifetimeSeconds * 1000 };
    return accountEvidence(this.options.issuer, person, disclosure, times);
  }
}

/** What the client does wrong it learns at the token endpoint. */
function nothingToAsk(error: unknown): undefined {
  if (!(error instanceof UmaError)) throw error;
}
