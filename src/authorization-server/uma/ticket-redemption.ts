import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { RegisteredClient } from '../oidc/clients/registered-clients.js';
import { DecisionPoint } from '../policy/decision-point.js';
import type { Person } from '../policy/person.js';
import { AccessAssessor } from './access-assessor.js';
import type { Assessment } from './assessment.js';
import type { ClaimToken, ProvenClaims } from './claim-tokens/claim-token.js';
import { ClaimTokens } from './claim-tokens/claim-tokens.js';
import { ClaimsCollection, type CollectedClaims } from './claims-collection.js';
import { type FormerToken, FormerTokens } from './former-tokens.js';
import { type PermissionTicket, PermissionTickets } from './permission-tickets.js';
import { PersistedClaims } from './persisted-claims.js';
import { Refusals } from './refusals.js';
import { requesterOf } from './requester.js';
import { type IssuedRpt, RequestingPartyTokens } from './requesting-party-tokens.js';
import { refuseOtherTargets } from './target-resource.js';

/** A token request with the UMA grant, of a client that was authenticated. */
export interface RedemptionRequest {
  readonly ticket: string;
  readonly client: RegisteredClient;
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
  readonly proven: ProvenClaims | undefined;
}

/** What a token is granted on. */
interface Basis {
  readonly ticket: PermissionTicket;
  readonly person: Person;
  readonly collected: CollectedClaims;
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
    private readonly claimTokens: ClaimTokens,
    private readonly tickets: PermissionTickets,
    private readonly decisionPoint: DecisionPoint,
    private readonly assessor: AccessAssessor,
    private readonly claims: ClaimsCollection,
    private readonly refusals: Refusals,
    private readonly formerTokens: FormerTokens,
    private readonly rpts: RequestingPartyTokens,
    private readonly persistedClaims: PersistedClaims,
  ) {}

  /**
   * @throws UmaError `invalid_grant`, `invalid_target`, `invalid_scope`, `need_info` or `request_submitted` (with the
   * next ticket) or `request_denied`; the ticket is consumed all the same
   */
  async redeem(request: RedemptionRequest): Promise<Redemption> {
    const attempt = await this.prepare(request);
    const outcome = await this.decisionPoint.consulting(() =>
      this.database.transaction((within) => this.settle(within, attempt).catch(asRefusal)),
    );
    if (outcome === undefined) {
      await this.tickets.noticeMisuse(attempt.ticket);
      throw new UmaError('invalid_grant', 'The permission ticket is unknown, expired, used or of another client.');
    }
    // Thrown only now: inside, it would undo that the ticket was consumed.
    if (outcome instanceof UmaError) throw outcome;
    return outcome;
  }

  /** Comes before the transaction, which neither waits for cryptography nor may use another connection. */
  private async prepare(request: RedemptionRequest): Promise<Attempt> {
    const { claimToken, client } = request;
    return { ...request, proven: claimToken && (await this.claimTokens.verify(claimToken, client)) };
  }

  /** @returns `undefined` when the ticket is good for nothing */
  private async settle(within: Transaction<UmaTables>, attempt: Attempt): Promise<Redemption | undefined> {
    const ticket = await this.tickets.consume(within, attempt.ticket, attempt.client.clientId);
    if (ticket === undefined) return undefined;
    refuseOtherTargets(attempt.resources, ticket);
    const collected = await this.claims.collect(within, ticket, attempt);
    const { progress, requestingParty } = collected;
    const person = requestingParty?.person;
    const former = person && (await this.formerOf(within, ticket, attempt, person));
    const claimIssuers = this.claimTokens.issuersFor(attempt.client);
    const request = { claimIssuers, requestedScopes: attempt.scopes, requestingParty };
    const requester = requesterOf(ticket, attempt.client, request);
    const assessment = await this.assessor.assess(within, ticket, requester, former?.resourceIds);
    if (assessment.kind === 'granted' && person !== undefined) {
      return this.grant(within, attempt, { ticket, person, collected, former }, assessment);
    }
    throw await this.refusals.explain(within, { client: attempt.client, ticket, progress }, assessment);
  }

  private formerOf(
    within: Transaction<UmaTables>,
    { pat }: PermissionTicket,
    { rpt: handle, client: { clientId }, keyThumbprint }: Attempt,
    requestingParty: Person,
  ): Promise<FormerToken | undefined> | undefined {
    if (handle === undefined) return undefined;
    return this.formerTokens.find(within, { handle, clientId, pat, requestingParty, keyThumbprint });
  }

  private async grant(
    within: Transaction<UmaTables>,
    attempt: Attempt,
    { ticket, person, collected: { progress, usedPct }, former }: Basis,
    { permissions }: Extract<Assessment, { kind: 'granted' }>,
  ): Promise<Redemption> {
    const { client, keyThumbprint } = attempt;
    const { clientId, usesRefreshTokens: refreshable } = client;
    const order = { ticket, clientId, requestingParty: person, permissions, refreshable, keyThumbprint, former };
    const rpt = await this.rpts.issue(within, order);
    const shareIds = [...new Set([...progress.shareIds, ...permissions.map(({ shareId }) => shareId)])];
    const place = { clientId, processId: ticket.processId };
    const pct = await this.persistedClaims.keep(within, place, { ...progress, shareIds }, usedPct);
    return { ...rpt, pct, resourceIdentifier: ticket.resourceIdentifier };
  }
}

function asRefusal(error: unknown): UmaError {
  if (error instanceof UmaError) return error;
  throw error;
}
