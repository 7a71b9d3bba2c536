import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import { type RegisteredClient, RegisteredClients } from '../oidc/clients/registered-clients.js';
import { DecisionPoint } from '../policy/decision-point.js';
import { isSamePerson, type Person } from '../policy/person.js';
import { AccessAssessor } from './access-assessor.js';
import { AccessRequests } from './access-requests.js';
import type { Assessment } from './assessment.js';
import type { ClaimToken, ProvenClaims } from './claim-tokens/claim-token.js';
import { ClaimTokens } from './claim-tokens/claim-tokens.js';
import { combined, type Evidence, requestingPartyAt } from './evidence.js';
import { type FormerToken, FormerTokens } from './former-tokens.js';
import { type PermissionTicket, PermissionTickets } from './permission-tickets.js';
import { PersistedClaims } from './persisted-claims.js';
import { pollInterval, SUBMITTED_TICKET_SECONDS } from './polling.js';
import type { Progress } from './progress.js';
import { type IssuedRpt, RequestingPartyTokens } from './requesting-party-tokens.js';
import { presentScopes } from './scope-catalogue.js';
import { refuseOtherTargets } from './target-resource.js';
import { UmaOptions } from './uma-options.js';

/** A token request with the UMA grant, of a client that was authenticated. */
export interface RedemptionRequest {
  readonly ticket: string;
  readonly clientId: string;
  readonly claimToken: ClaimToken | undefined;
  /** A persisted claims token that the client was given before. */
  readonly pct: string | undefined;
  /** An earlier requesting party token, to be upgraded. */
  readonly rpt: string | undefined;
  /** Extra scopes the client asks for. */
  readonly scopes: readonly string[];
  /** Where the client means to use the token. @see RFC 8707 */
  readonly resources: readonly string[];
  /** Thumbprint of the key that the client wants the token bound to. @see RFC 9449 */
  readonly keyThumbprint: string | undefined;
}

/** A redeemed ticket's token. */
export interface Redemption extends IssuedRpt {
  /** Identifier of the resource server the token is for. */
  readonly resourceIdentifier: string | undefined;
  /** The persisted claims token for another time. */
  readonly pct: string | undefined;
}

/** A request, with what could be found out about it before its ticket is touched. */
interface Attempt extends RedemptionRequest {
  readonly client: RegisteredClient;
  readonly proven: ProvenClaims | undefined;
}

/** What a token is granted on. */
interface Basis {
  readonly ticket: PermissionTicket;
  readonly progress: Progress;
  /** The earlier token that is upgraded. */
  readonly former: FormerToken | undefined;
}

/**
 * Turns a permission ticket into a requesting party token, or into the reason why not.
 *
 * @see UMA 2.0 Grant sections 3.3.1 and 3.3.4 to 3.3.6
 */
@Injectable()
export class TicketRedemption {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly clients: RegisteredClients,
    private readonly claimTokens: ClaimTokens,
    private readonly tickets: PermissionTickets,
    private readonly decisionPoint: DecisionPoint,
    private readonly assessor: AccessAssessor,
    private readonly accessRequests: AccessRequests,
    private readonly formerTokens: FormerTokens,
    private readonly rpts: RequestingPartyTokens,
    private readonly persistedClaims: PersistedClaims,
    private readonly options: UmaOptions,
  ) {}

  /**
   * @throws UmaError `invalid_grant`, `invalid_target`, `invalid_scope`, `need_info` or `request_submitted` (with the
   * next ticket) or `request_denied`; the ticket is consumed all the same
   */
  async redeem(request: RedemptionRequest): Promise<Redemption> {
    const attempt = await this.prepare(request);
    const outcome = await this.decisionPoint.consulting(() =>
      this.database.kysely.transaction().execute((within) => this.settle(within, attempt).catch(asRefusal)),
    );
    // Thrown only now: inside, it would undo that the ticket was consumed.
    if (outcome instanceof UmaError) throw outcome;
    return outcome;
  }

  /** Comes before the transaction, which neither waits for cryptography nor may use another connection. */
  private async prepare(request: RedemptionRequest): Promise<Attempt> {
    const client = await this.clients.find(request.clientId);
    if (client === undefined) throw new UmaError('invalid_client', 'There is no such client.');
    const { claimToken } = request;
    return { ...request, client, proven: claimToken && (await this.claimTokens.verify(claimToken, client)) };
  }

  private async settle(within: Transaction<UmaTables>, attempt: Attempt): Promise<Redemption> {
    const ticket = await this.tickets.consume(within, attempt.ticket, attempt.clientId);
    if (ticket === undefined) {
      throw new UmaError('invalid_grant', 'The permission ticket is unknown, expired, used or of another client.');
    }
    refuseOtherTargets(attempt.resources, ticket);
    const given = attempt.proven && (await this.claimTokens.use(within, attempt.proven));
    const progress = await this.learn(within, ticket, attempt, given);
    // A claim token that proves nothing leaves open who the client means, whatever was known before.
    const isOpen = attempt.claimToken !== undefined && given === undefined;
    const requestingParty = isOpen ? undefined : requestingPartyAt(progress.evidence, this.clock.nowMs());
    const former = requestingParty && (await this.formerOf(within, ticket, attempt, requestingParty.person));
    const requester = {
      clientId: attempt.clientId,
      claimIssuers: this.claimTokens.issuersFor(attempt.client),
      ownerWasAsked: ticket.progress.pollSeconds !== undefined,
      requestedScopes: presentScopes(attempt.scopes),
      registeredScopes: presentScopes(attempt.client.umaScopes),
      requestingParty,
    };
    const assessment = await this.assessor.assess(within, ticket, requester, former?.resourceIds);
    if (assessment.kind === 'granted' && requestingParty !== undefined) {
      return this.grant(within, attempt, { ticket, progress, former }, assessment);
    }
    throw await this.refusal(within, attempt, ticket, progress, assessment);
  }

  private formerOf(
    within: Transaction<UmaTables>,
    { pat }: PermissionTicket,
    { rpt: handle, clientId, keyThumbprint }: Attempt,
    requestingParty: Person,
  ): Promise<FormerToken | undefined> | undefined {
    if (handle === undefined) return undefined;
    return this.formerTokens.find(within, { handle, clientId, pat, requestingParty, keyThumbprint });
  }

  /**
   * Puts together what the process knew, what is kept of this person, and what the client brings now. What somebody else
   * allowed, in the process or for a PCT, does not count.
   *
   * @see UMA 2.0 Grant sections 5.2 and 6.2
   */
  private async learn(
    within: Transaction<UmaTables>,
    { progress }: PermissionTicket,
    { pct, clientId }: Attempt,
    given: Evidence | undefined,
  ): Promise<Progress> {
    const kept = pct === undefined ? undefined : await this.persistedClaims.find(within, pct, clientId);
    const evidence = combined(combined(kept?.evidence, progress.evidence), given);
    const ofPerson = [progress, ...(kept === undefined ? [] : [kept])].filter((source) => isAbout(source, evidence));
    return {
      evidence,
      // What they said in this process comes first: it is what they said last.
      mayKeepClaims: ofPerson.find(({ mayKeepClaims }) => mayKeepClaims !== undefined)?.mayKeepClaims,
      shareIds: [...new Set(ofPerson.flatMap(({ shareIds }) => shareIds))],
    };
  }

  private async grant(
    within: Transaction<UmaTables>,
    attempt: Attempt,
    { ticket, progress, former }: Basis,
    { permissions }: Extract<Assessment, { kind: 'granted' }>,
  ): Promise<Redemption> {
    const { clientId, keyThumbprint } = attempt;
    const { person } = progress.evidence ?? {};
    if (person === undefined) throw new Error('A token is granted to nobody.');
    const refreshable = attempt.client.usesRefreshTokens;
    const order = { ticket, clientId, requestingParty: person, permissions, refreshable, keyThumbprint, former };
    const rpt = await this.rpts.issue(within, order);
    const shareIds = [...new Set([...progress.shareIds, ...permissions.map(({ shareId }) => shareId)])];
    const place = { clientId, processId: ticket.processId };
    const pct = await this.persistedClaims.keep(within, place, { ...progress, shareIds }, attempt.pct);
    return { ...rpt, pct, resourceIdentifier: ticket.resourceIdentifier };
  }

  private async refusal(
    within: Transaction<UmaTables>,
    attempt: Attempt,
    ticket: PermissionTicket,
    progress: Progress,
    assessment: Assessment,
  ): Promise<UmaError> {
    switch (assessment.kind) {
      case 'need-claims':
        return this.needInfo(within, attempt, ticket, progress, assessment);
      case 'need-owner':
        return this.submit(within, attempt, ticket, progress, assessment);
      case 'denied':
      case 'granted':
        return new UmaError('request_denied', 'The resource owner does not share this with the requesting party.');
    }
  }

  /** @see UMA 2.0 Grant section 3.3.6 */
  private async needInfo(
    within: Transaction<UmaTables>,
    { client, clientId }: Attempt,
    ticket: PermissionTicket,
    progress: Progress,
    { claims, shareIds }: Extract<Assessment, { kind: 'need-claims' }>,
  ): Promise<UmaError> {
    const asking = { ...progress, shareIds: [...new Set([...progress.shareIds, ...shareIds])] };
    const next = await this.tickets.goOn(within, ticket, { clientId, progress: asking });
    const canRedirect = client.claimsRedirectUris.length > 0;
    return new UmaError('need_info', 'The authorization server must know more about the requesting party.', {
      ticket: next,
      required_claims: this.claimTokens.hints(claims, client),
      ...(canRedirect ? { redirect_user: `${this.options.issuer}${ENDPOINTS.claimsInteraction}` } : {}),
    });
  }

  /** @see UMA 2.0 Grant section 3.3.6 (`request_submitted`) */
  private async submit(
    within: Transaction<UmaTables>,
    { clientId }: Attempt,
    ticket: PermissionTicket,
    progress: Progress,
    { wanted }: Extract<Assessment, { kind: 'need-owner' }>,
  ): Promise<UmaError> {
    const { person } = progress.evidence ?? {};
    if (person === undefined) throw new Error('Nobody asks the owner.');
    await this.accessRequests.submit(within, { ownerId: ticket.pat.ownerId, person, clientId, wanted });
    const pollSeconds = pollInterval(ticket, this.clock.nowMs());
    const next = await this.tickets.goOn(within, ticket, {
      clientId,
      progress: { ...progress, pollSeconds },
      lifetimeSeconds: SUBMITTED_TICKET_SECONDS,
    });
    return new UmaError('request_submitted', 'The resource owner was asked.', { ticket: next, interval: pollSeconds });
  }
}

function isAbout({ evidence: known }: Progress, evidence: Evidence | undefined): boolean {
  return known !== undefined && evidence !== undefined && isSamePerson(known.person, evidence.person);
}

function asRefusal(error: unknown): UmaError {
  if (error instanceof UmaError) return error;
  throw error;
}
