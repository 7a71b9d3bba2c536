import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import { DecisionPoint } from '../policy/decision-point.js';
import type { Person } from '../policy/person.js';
import { type Assessment, calculateRequest, conclude } from './assessment.js';
import type { PermissionTicket } from './permission-tickets.js';

/** What is known of those who ask: what the client asks for and may ask for, and who the requesting party is. */
export interface Requester {
  readonly requestedScopes: readonly string[];
  readonly registeredScopes: readonly string[];
  readonly requestingParty: Person | undefined;
}

/** Assesses what a permission ticket asks for, by the registrations and the owner's policy as they are now. */
@Injectable()
export class AccessAssessor {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly decisionPoint: DecisionPoint,
  ) {}

  /**
   * @throws UmaError `invalid_grant` or `invalid_scope`, as {@link calculateRequest} does
   * @see UMA 2.0 Grant section 3.3.4
   */
  async assess(within: Transaction<UmaTables>, ticket: PermissionTicket, requester: Requester): Promise<Assessment> {
    const availableScopes = await this.availableScopes(within, ticket);
    const asked = calculateRequest({ ...requester, permissions: ticket.permissions, availableScopes });
    const requests = asked.map(({ resourceId, scopes }) => ({
      subject: requester.requestingParty,
      action: { scopes },
      resource: { id: resourceId },
      context: { atMs: this.clock.nowMs() },
    }));
    return conclude(asked, await this.decisionPoint.decide(requests, within));
  }

  private async availableScopes(
    within: Transaction<UmaTables>,
    { permissions }: PermissionTicket,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const ids = permissions.map(({ resourceId }) => resourceId);
    const rows = await within
      .selectFrom('uma_resource')
      .select(['id', 'description'])
      .where('id', 'in', ids)
      // On PostgreSQL a deregistration waits until the token that names the resource is there to be shrunk.
      .$if(this.database.dialect === 'postgres', (query) => query.forKeyShare())
      .execute();
    return new Map(
      rows.map(({ id, description }) => [id, (JSON.parse(description) as ResourceDescription).resource_scopes]),
    );
  }
}
