import { type DynamicModule, Module } from '@nestjs/common';

import { AccountController } from './account.controller.js';
import { AccountOverview } from './account-overview.js';
import { ExplanationsController } from './explanations.controller.js';
import { Grantees } from './grantees.js';
import { OwnedResourcesController } from './owned-resources.controller.js';
import { Shares } from './shares.js';
import { SharesController } from './shares.controller.js';
import { Sharing } from './sharing.js';
import { SupposedQuestions } from './supposed-questions.js';

/** What owners do at the authorization server: share, see with whom they share, and stop. */
@Module({
  controllers: [AccountController, OwnedResourcesController, SharesController, ExplanationsController],
  providers: [AccountOverview, Grantees, Shares, Sharing, SupposedQuestions],
})
export class OwnerModule {
  /**
   * @param oidc the module of the OpenID provider
   * @param uma the module of the UMA endpoints
   */
  static register(oidc: DynamicModule, uma: DynamicModule): DynamicModule {
    return { module: OwnerModule, imports: [oidc, uma] };
  }
}
