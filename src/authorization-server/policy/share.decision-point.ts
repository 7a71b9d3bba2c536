import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { type Decision, decide, type DecisionRequest } from './decision.js';
import { DecisionPoint } from './decision-point.js';
import type { Person } from './person.js';
import { type Share, shareOf } from './share.js';

/** Decides by the owners' shares. It reads those of the resources in question with the person in question, no others. */
@Injectable()
export class ShareDecisionPoint extends DecisionPoint {
  constructor(private readonly database: Database<UmaTables>) {
    super();
  }

  override async decide(
    requests: readonly DecisionRequest[],
    within: Transaction<UmaTables>,
  ): Promise<readonly Decision[]> {
    const subject = requests[0]?.subject;
    const resourceIds = requests.map(({ resource }) => resource.id);
    const shares = subject === undefined ? [] : await this.sharesWith(subject, resourceIds, within);
    return requests.map((request) => decide(request, shares));
  }

  private async sharesWith(
    { issuer, subject }: Person,
    resourceIds: readonly string[],
    within: Transaction<UmaTables>,
  ): Promise<readonly Share[]> {
    const rows = await within
      .selectFrom('share')
      .selectAll()
      .where('resource_id', 'in', resourceIds)
      .where('grantee_issuer', '=', issuer)
      .where('grantee_subject', '=', subject)
      // SQLite has one writer at a time; PostgreSQL lets a withdrawal wait until this transaction has ended.
      .$if(this.database.dialect === 'postgres', (query) => query.forShare())
      .execute();
    return rows.map(shareOf);
  }
}
