import { type DynamicModule, Module } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { AuthZenClient } from './authzen/authzen-client.js';
import { AuthZenDecisionPoint } from './authzen/authzen.decision-point.js';
import { DecisionPoint } from './decision-point.js';
import { Explanations } from './explanations.js';
import type { PolicyOptions } from './policy-options.js';
import { ScopePolicies } from './scope-policies/scope-policies.js';
import { ScopePolicyDecisionPoint } from './scope-policies/scope-policy.decision-point.js';
import { ShareDecisionPoint } from './share.decision-point.js';

/**
 * Decides about access. Each decision point restricts the one before: what is shared, what the scope policies permit of
 * it, and what an external decision point permits of that.
 */
@Module({})
export class PolicyModule {
  static register(options: PolicyOptions): DynamicModule {
    return {
      module: PolicyModule,
      providers: [
        ScopePolicies,
        Explanations,
        {
          provide: DecisionPoint,
          inject: [Database, Clock, ScopePolicies],
          useFactory: (database: Database<UmaTables>, clock: Clock, policies: ScopePolicies) =>
            decisionPointOf(options, database, clock, policies),
        },
      ],
      exports: [DecisionPoint, Explanations],
    };
  }
}

function decisionPointOf(
  { issuer, claimIssuers, externalDecisionPoint }: PolicyOptions,
  database: Database<UmaTables>,
  clock: Clock,
  policies: ScopePolicies,
): DecisionPoint {
  const believedIssuers = [issuer, ...claimIssuers];
  const shares = new ShareDecisionPoint(database, issuer, believedIssuers);
  const inHouse = new ScopePolicyDecisionPoint(shares, policies, believedIssuers);
  if (externalDecisionPoint === undefined) return inHouse;
  return new AuthZenDecisionPoint(inHouse, new AuthZenClient(externalDecisionPoint, clock), issuer, believedIssuers);
}
