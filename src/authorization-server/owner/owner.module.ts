import { type DynamicModule, Module } from '@nestjs/common';

import { AccessRequestAnswers } from './access-request-answers.js';
import { AccessRequestsController } from './access-requests.controller.js';
import { AccountController } from './account.controller.js';
import { AccountActs } from './account-acts.js';
import { AccountNotices } from './account-notices.js';
import { AccountAddressesController } from './account-addresses.controller.js';
import { AccountOverview } from './account-overview.js';
import { AccountPeopleController } from './account-people.controller.js';
import { Apps } from './apps.js';
import { Blocks } from './blocks.js';
import { BlocksController } from './blocks.controller.js';
import { ExplanationsController } from './explanations.controller.js';
import { Grantees } from './grantees.js';
import { HeldResources } from './held-resources.js';
import { LikeShares } from './like-shares.js';
import { LostAccess } from './lost-access.js';
import { OwnedResourcesController } from './owned-resources.controller.js';
import { People } from './people.js';
import { ReceivedRequests } from './received-requests.js';
import { RememberedApps } from './remembered-apps.js';
import { SettingsController } from './settings.controller.js';
import { SharableKinds } from './sharable-kinds.js';
import { Shares } from './shares.js';
import { SharesController } from './shares.controller.js';
import { Sharing } from './sharing.js';
import { SharingSettings } from './sharing-settings.js';
import { SupposedQuestions } from './supposed-questions.js';

/** What owners do at the authorization server: share, answer those who ask, see with whom they share, and stop. */
@Module({
  controllers: [
    ...[AccountController, AccountAddressesController, AccountPeopleController, ExplanationsController],
    ...[OwnedResourcesController, SharesController, AccessRequestsController, BlocksController, SettingsController],
  ],
  providers: [
    ...[AccountActs, AccountNotices, AccountOverview],
    ...[Apps, Grantees, People, SharableKinds, HeldResources, LikeShares, LostAccess],
    ...[
      AccessRequestAnswers,
      Blocks,
      ReceivedRequests,
      RememberedApps,
      Shares,
      Sharing,
      SharingSettings,
      SupposedQuestions,
    ],
  ],
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
