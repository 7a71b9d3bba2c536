import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { PreparedListQuery } from '../../database/prepared-query.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import type { Decision, Evaluation } from '../policy/decision.js';
import { DecisionPoint } from '../policy/decision-point.js';
import { actionsOf, type Assessment, calculateRequest, conclude, type RequestedAccess } from './assessment.js';
import type { PermissionTicket } from './permission-tickets.js';
import type { Requester } from './requester.js';
import { UmaOptions } from './uma-options.js';

type Descriptions = ReadonlyMap<string, ResourceDescription>;

/** Resources as they stay until the transaction ends. */
const HOLD = new PreparedListQuery<UmaTables, object, { readonly id: string; readonly description: string }>(
  (kysely, ids, _value, dialect) =>
    kysely
      .selectFrom('uma_resource')
      .select(['id', 'description'])
      .where('id', 'in', ids)
      // In the order of whoever holds all resources of an owner.
      .orderBy('id')
      // On PostgreSQL a deregistration waits until the token that names the resource is there to be shrunk.
      .$if(dialect === 'postgres', (query) => query.forKeyShare()),
);

/** Assesses what a permission ticket asks for, by the registrations and the policies as they are now. */
@Injectable()
export class AccessAssessor {
  constructor(
    private readonly clock: Clock,
    private readonly decisionPoint: DecisionPoint,
    private readonly options: UmaOptions,
  ) {}

  /**
   * @param held further resources that the transaction has to hold, for the sake of an earlier token
   * @throws UmaError `invalid_grant` or `invalid_scope`, as {@link calculateRequest} does
   * @see UMA 2.0 Grant section 3.3.4
   */
  async assess(
    within: Transaction<UmaTables>,
    ticket: PermissionTicket,
    requester: Requester,
    held: readonly string[] = [],
  ): Promise<Assessment> {
    const wanted = ticket.permissions.map(({ resourceId }) => resourceId);
    const found = await this.hold(within, [...wanted, ...held]);
    const descriptions = new Map([...found].filter(([id]) => wanted.includes(id)));
    const availableScopes = new Map([...descriptions].map(([id, { resource_scopes: scopes }]) => [id, scopes]));
    const asked = calculateRequest({ ...requester, permissions: ticket.permissions, availableScopes });
    const evaluations = asked.map((access) => this.evaluationsOf(access, ticket, requester, descriptions));
    const decisions = await this.decisionPoint.evaluate(evaluations.flat(), within);
    const { partialGrants } = this.options;
    return conclude(asked, inGroups(decisions, evaluations), partialGrants, requester.ownerWasAsked);
  }

  private evaluationsOf(
    access: RequestedAccess,
    { pat }: PermissionTicket,
    { clientId, claimIssuers, requestingParty: subject }: Requester,
    descriptions: Descriptions,
  ): readonly Evaluation[] {
    const { resourceId: id } = access;
    const resource = { id, type: descriptions.get(id)?.type, ...pat };
    const context = { atMs: this.clock.nowMs(), clientId, claimIssuers };
    return actionsOf(access).map((name) => ({ subject, action: { name }, resource, context }));
  }

  private async hold(within: Transaction<UmaTables>, ids: readonly string[]): Promise<Descriptions> {
    const rows = await HOLD.execute(within, ids, {});
    return new Map(rows.map(({ id, description }) => [id, JSON.parse(description) as ResourceDescription]));
  }
}

/** Cuts a list into pieces as long as the groups are. */
function inGroups(decisions: readonly Decision[], groups: readonly (readonly unknown[])[]): readonly Decision[][] {
  let next = 0;
  return groups.map(({ length }) => decisions.slice(next, (next += length)));
}
