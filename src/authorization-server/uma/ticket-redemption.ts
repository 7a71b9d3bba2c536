import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { matchesResourceServer } from '../../uma/protocol/resource-indicator.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { RegisteredClients } from '../oidc/clients/registered-clients.js';
import { AccessAssessor, type Requester } from './access-assessor.js';
import { type ClaimToken, ClaimTokenVerifier } from './claim-token.verifier.js';
import { PermissionTickets } from './permission-tickets.js';
import { type IssuedRpt, RequestingPartyTokens } from './requesting-party-tokens.js';
import { presentScopes } from './scope-catalogue.js';

/** A token request with the UMA grant, of a client that was authenticated. */
export interface RedemptionRequest {
  readonly ticket: string;
  readonly clientId: string;
  readonly claimToken: ClaimToken | undefined;
  /** Extra scopes the client asks for. */
  readonly scopes: readonly string[];
  /** Where the client means to use the token. @see RFC 8707 */
  readonly resources: readonly string[];
}

/** A redeemed ticket's token. */
export interface Redemption extends IssuedRpt {
  /** Identifier of the resource server the token is for. */
  readonly resourceIdentifier: string | undefined;
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
    private readonly clients: RegisteredClients,
    private readonly claimTokens: ClaimTokenVerifier,
    private readonly tickets: PermissionTickets,
    private readonly assessor: AccessAssessor,
    private readonly rpts: RequestingPartyTokens,
  ) {}

  /**
   * @throws UmaError `invalid_grant`, `invalid_target`, `invalid_scope`, `need_info` (with the next ticket) or
   * `request_denied`; the ticket is consumed all the same
   */
  async redeem(request: RedemptionRequest): Promise<Redemption> {
    const requester = await this.identify(request);
    const outcome = await this.database.kysely
      .transaction()
      .execute((within) => this.settle(within, request, requester).catch(asRefusal));
    // Thrown only now: inside, it would undo that the ticket was consumed.
    if (outcome instanceof UmaError) throw outcome;
    return outcome;
  }

  /** Comes before the transaction, which neither waits for cryptography nor may use another connection. */
  private async identify({ clientId, claimToken, scopes }: RedemptionRequest): Promise<Requester> {
    const client = await this.clients.find(clientId);
    return {
      requestedScopes: presentScopes(scopes),
      registeredScopes: presentScopes(client?.umaScopes ?? []),
      requestingParty: claimToken && (await this.claimTokens.verify(claimToken, clientId)),
    };
  }

  private async settle(
    within: Transaction<UmaTables>,
    { ticket: handle, clientId, resources }: RedemptionRequest,
    requester: Requester,
  ): Promise<Redemption> {
    const ticket = await this.tickets.consume(within, handle, clientId);
    if (ticket === undefined) {
      throw new UmaError('invalid_grant', 'The permission ticket is unknown, expired, used or of another client.');
    }
    const { resourceIdentifier } = ticket;
    refuseOtherTargets(resources, resourceIdentifier);
    const assessment = await this.assessor.assess(within, ticket, requester);
    if (assessment.kind === 'denied') {
      throw new UmaError('request_denied', 'The resource owner does not share this with the requesting party.');
    }
    const { requestingParty } = requester;
    if (assessment.kind === 'need-claims' || requestingParty === undefined) {
      const claims = assessment.kind === 'need-claims' ? assessment.claims : ['sub'];
      throw this.needInfo(claims, await this.tickets.issue(within, ticket));
    }
    const { permissions } = assessment;
    const rpt = await this.rpts.issue(within, { ticket, clientId, requestingParty, permissions });
    return { ...rpt, resourceIdentifier };
  }

  private needInfo(claims: readonly string[], nextTicket: string): UmaError {
    const { formats, issuers } = this.claimTokens.accepted;
    const requiredClaims = claims.map((name) => ({
      name,
      claim_token_format: formats,
      issuer: issuers,
      ...(name === 'sub' ? { friendly_name: 'Who you are' } : {}),
    }));
    const members = { ticket: nextTicket, required_claims: requiredClaims };
    return new UmaError('need_info', 'The authorization server must know who the requesting party is.', members);
  }
}

/**
 * Stops a resource server that passes on another one's ticket to get a token for it.
 *
 * @see RFC 8707 section 2
 */
function refuseOtherTargets(resources: readonly string[], identifier: string | undefined): void {
  const others = resources.filter(
    (resource) => identifier === undefined || !matchesResourceServer(resource, identifier),
  );
  if (others.length > 0) {
    throw new UmaError('invalid_target', 'The permission ticket belongs to another resource server.');
  }
}

function asRefusal(error: unknown): UmaError {
  if (error instanceof UmaError) return error;
  throw error;
}
