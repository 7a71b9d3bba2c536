import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import type { RegisteredClient } from '../oidc/clients/registered-clients.js';
import { AccessRequests } from './access-requests.js';
import type { Assessment } from './assessment.js';
import { ClaimTokens } from './claim-tokens/claim-tokens.js';
import { forgetFormerPolls } from './former-polls.js';
import { type PermissionTicket, PermissionTickets } from './permission-tickets.js';
import { pollInterval, SUBMITTED_TICKET_SECONDS } from './polling.js';
import type { Progress } from './progress.js';
import { UmaOptions } from './uma-options.js';

/** A process that has led to no token yet. */
export interface Refused {
  readonly client: RegisteredClient;
  readonly ticket: PermissionTicket;
  readonly progress: Progress;
}

/**
 * Why there is no token, and how the client may go on.
 *
 * @see UMA 2.0 Grant section 3.3.6
 */
@Injectable()
export class Refusals {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly tickets: PermissionTickets,
    private readonly claimTokens: ClaimTokens,
    private readonly accessRequests: AccessRequests,
    private readonly options: UmaOptions,
  ) {}

  /** @returns `need_info` or `request_submitted` with the next ticket, or `request_denied` */
  async explain(within: Transaction<UmaTables>, refused: Refused, assessment: Assessment): Promise<UmaError> {
    switch (assessment.kind) {
      case 'need-claims':
        return this.needInfo(within, refused, assessment);
      case 'need-owner':
        return this.submit(within, refused, assessment);
      case 'denied':
      case 'granted':
        return new UmaError('request_denied', 'The resource owner does not share this with the requesting party.');
    }
  }

  private async needInfo(
    within: Transaction<UmaTables>,
    { client, ticket, progress }: Refused,
    { claims, shareIds }: Extract<Assessment, { kind: 'need-claims' }>,
  ): Promise<UmaError> {
    const { clientId } = client;
    const asking = { ...progress, shareIds: [...new Set([...progress.shareIds, ...shareIds])] };
    const next = await this.tickets.goOn(within, ticket, { clientId, progress: asking });
    const canRedirect = client.claimsRedirectUris.length > 0;
    return new UmaError('need_info', 'The authorization server must know more about the requesting party.', {
      ticket: next,
      required_claims: this.claimTokens.hints(claims, client),
      ...(canRedirect ? { redirect_user: `${this.options.issuer}${ENDPOINTS.claimsInteraction}` } : {}),
    });
  }

  private async submit(
    within: Transaction<UmaTables>,
    { client: { clientId }, ticket, progress }: Refused,
    { wanted }: Extract<Assessment, { kind: 'need-owner' }>,
  ): Promise<UmaError> {
    const { person } = progress.evidence ?? {};
    if (person === undefined) throw new Error('Nobody asks the owner.');
    const isAsked = await this.accessRequests.submit(within, { ownerId: ticket.pat.ownerId, person, clientId, wanted });
    if (!isAsked) return new UmaError('request_denied', 'The resource owner has too many requests to answer already.');
    const pollSeconds = pollInterval(ticket, this.clock.nowMs());
    const next = await this.tickets.goOn(within, ticket, {
      clientId,
      progress: { ...progress, pollSeconds },
      lifetimeSeconds: SUBMITTED_TICKET_SECONDS,
    });
    await forgetFormerPolls(within, this.database.dialect, ticket.processId);
    return new UmaError('request_submitted', 'The resource owner was asked.', { ticket: next, interval: pollSeconds });
  }
}
