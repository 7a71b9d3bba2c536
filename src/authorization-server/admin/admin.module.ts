import { type DynamicModule, Module } from '@nestjs/common';

import { SupposedQuestions } from '../owner/supposed-questions.js';
import { AccountPagesController } from './account-pages.controller.js';
import { AccountSuspensions } from './account-suspensions.js';
import { AdminOptions } from './admin-options.js';
import { AdminVisits } from './admin-visits.js';
import { Administrators } from './administrators.js';
import { ResourcePagesController } from './resource-pages.controller.js';
import { ResourceSearch } from './resource-search.js';
import { ScopePoliciesController } from './scope-policies.controller.js';
import { ScopePolicyAdministration } from './scope-policy-administration.js';
import { ScopePolicyPagesController } from './scope-policy-pages.controller.js';
import { SimulationsController } from './simulations.controller.js';
import { SimulatorPagesController } from './simulator-pages.controller.js';
import { SuspensionsController } from './suspensions.controller.js';

/** What administrators do at the authorization server: restrict scopes by policies, suspend accounts, look into decisions. */
@Module({
  controllers: [
    ...[ScopePoliciesController, SimulationsController, SuspensionsController],
    ...[ScopePolicyPagesController, ResourcePagesController, SimulatorPagesController, AccountPagesController],
  ],
  providers: [
    ...[AccountSuspensions, Administrators, AdminVisits, ResourceSearch, ScopePolicyAdministration, SupposedQuestions],
  ],
})
export class AdminModule {
  /**
   * @param oidc the module of the OpenID provider
   * @param uma the module of the UMA endpoints
   */
  static register(options: AdminOptions, oidc: DynamicModule, uma: DynamicModule): DynamicModule {
    return {
      module: AdminModule,
      imports: [oidc, uma],
      providers: [{ provide: AdminOptions, useValue: options }],
    };
  }
}
