import { Injectable } from '@nestjs/common';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import type { ResourceDescription } from '../../uma/protocol/resource-description.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { Decision, EvaluatedResource, EvaluationContext } from './decision.js';
import { DecisionPoint } from './decision-point.js';
import type { RequestingParty } from './person.js';

/** Who would like what, in which circumstances. */
export interface Question {
  readonly resourceId: string;
  readonly scopes: readonly string[];
  /** `undefined`: a person who is not identified. */
  readonly subject: RequestingParty | undefined;
  readonly context: EvaluationContext;
}

/** What would be decided about one scope, and by which rule. */
export interface ScopeDecision {
  readonly scope: string;
  readonly decision: Decision;
}

/** Tells what would be decided if somebody asked. Nothing is issued, and nothing changes. */
@Injectable()
export class Explanations {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly decisionPoint: DecisionPoint,
  ) {}

  /**
   * @param ownerId whose resource it has to be; `undefined`: anybody's
   * @throws UmaError `not_found` for a resource that is not there, `invalid_scope` for a scope that it does not have
   */
  async explain(question: Question, ownerId?: string): Promise<readonly ScopeDecision[]> {
    const { scopes, subject, context } = question;
    const resource = await this.resourceOf(question, ownerId);
    const evaluations = scopes.map((name) => ({ subject, action: { name }, resource, context }));
    const decisions = await this.decisionPoint.consulting(() =>
      this.database.transaction((within) => this.decisionPoint.evaluate(evaluations, within)),
    );
    return decisions.map((decision, index) => ({ scope: scopes[index] ?? '', decision }));
  }

  private async resourceOf({ resourceId, scopes }: Question, ownerId?: string): Promise<EvaluatedResource> {
    const row = await this.database.kysely
      .selectFrom('uma_resource')
      .selectAll()
      .where('id', '=', resourceId)
      .$if(ownerId !== undefined, (query) => query.where('owner_id', '=', ownerId ?? ''))
      .executeTakeFirst();
    if (row === undefined) throw new UmaError('not_found', 'There is no such resource.');
    const { type, resource_scopes: available } = JSON.parse(row.description) as ResourceDescription;
    if (missingScopes(scopes, available).length > 0) {
      throw new UmaError('invalid_scope', 'The resource does not have all of these scopes.');
    }
    return { id: row.id, type, ownerId: row.owner_id, resourceServer: row.resource_server };
  }
}
