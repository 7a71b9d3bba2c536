import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Transaction } from 'kysely';

import { Clock } from '../../common/clock.js';
import { idAt } from '../../common/randomness.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { parsePermissionRequest, type RequestedPermission } from '../../uma/protocol/permission-request.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { RegisteredClients } from '../oidc/clients/registered-clients.js';
import { strictJsonBody } from './json-body.js';
import type { Pat } from './pat.js';
import { PermissionTickets, type TicketOrder } from './permission-tickets.js';
import type { TicketAnswer } from './protection-api-answers.js';
import { RegisteredResources } from './registered-resources.js';
import { UmaOptions } from './uma-options.js';

const BODY_LIMIT_BYTES = 4096;

/**
 * Gives a resource server a permission ticket for what a client needs.
 *
 * @see UMA 2.0 Federated Authorization section 4
 */
@Injectable()
export class PermissionRequests {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly resources: RegisteredResources,
    private readonly tickets: PermissionTickets,
    private readonly clients: RegisteredClients,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {}

  /**
   * @param request its body is the text that was sent
   * @throws UmaError `invalid_request`, `invalid_resource_id`, `invalid_scope` or `payload_too_large`
   */
  async answer(pat: Pat, request: Pick<FastifyRequest, 'headers' | 'body'>): Promise<TicketAnswer> {
    const permissions = parsePermissionRequest(strictJsonBody(request, BODY_LIMIT_BYTES));
    const order = {
      pat,
      permissions,
      processId: idAt(this.clock.nowSeconds()),
      ...(await this.ruleOf(pat.resourceServer)),
    };
    // One transaction: what the ticket names is not deregistered before the ticket is there to be deleted.
    return this.database.transaction(async (within) => {
      await this.refuseUnregistered(within, pat, permissions);
      return { ticket: await this.tickets.begin(within, order) };
    });
  }

  /** What goes for the tickets of a resource server, as it is registered. */
  private async ruleOf(clientId: string): Promise<Omit<TicketOrder, 'pat' | 'permissions' | 'processId'>> {
    const resourceServer = await this.clients.find(clientId);
    const { ticketLifetimeSeconds, rptLifetimeSeconds } = this.options;
    return {
      resourceIdentifier: resourceServer?.resource,
      ticketLifetimeSeconds: Math.min(ticketLifetimeSeconds, resourceServer?.ticketLifetimeSeconds ?? Infinity),
      rptLifetimeSeconds: Math.min(rptLifetimeSeconds, resourceServer?.rptLifetimeSeconds ?? Infinity),
      rptFormat: resourceServer?.rptFormat ?? 'opaque',
      requiresResource: resourceServer?.requiresResource ?? false,
    };
  }

  private async refuseUnregistered(
    within: Transaction<UmaTables>,
    pat: Pat,
    permissions: readonly RequestedPermission[],
  ): Promise<void> {
    const ids = permissions.map(({ resourceId }) => resourceId);
    const found = await this.resources.hold(within, pat, ids);
    const scopesOf = new Map(found.map(({ id, description }) => [id, description.resource_scopes]));
    if (permissions.some(({ resourceId }) => !scopesOf.has(resourceId))) {
      throw new UmaError('invalid_resource_id', 'There is no such resource.');
    }
    const unregistered = permissions.some(
      ({ resourceId, resourceScopes }) => missingScopes(resourceScopes, scopesOf.get(resourceId) ?? []).length > 0,
    );
    if (unregistered) throw new UmaError('invalid_scope', 'A scope is not registered for its resource.');
  }
}
