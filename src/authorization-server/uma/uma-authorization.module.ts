import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';

import { ENDPOINTS } from '../endpoints.js';
import { DecisionPoint } from '../policy/decision-point.js';
import { ShareDecisionPoint } from '../policy/share.decision-point.js';
import { AccessAssessor } from './access-assessor.js';
import { ClaimTokenVerifier } from './claim-token.verifier.js';
import { ExpiryPurge } from './expiry-purge.js';
import { IdTokenVerifier } from './id-token.verifier.js';
import { IntrospectionController } from './introspection.controller.js';
import { PermissionController } from './permission.controller.js';
import { PermissionTickets } from './permission-tickets.js';
import { RegisteredResources } from './registered-resources.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';
import { ResourceRegistrationController } from './resource-registration.controller.js';
import { RptRevocation } from './rpt-revocation.js';
import { ScopesController } from './scopes.controller.js';
import { TicketGrant } from './ticket-grant.js';
import { TicketRedemption } from './ticket-redemption.js';
import { UmaOptions } from './uma-options.js';
import { refuseUnsupportedMethod } from './unsupported-method.middleware.js';

/** UMA 2.0 on top of the OpenID provider: the protection API, the ticket grant and introspection. */
@Module({
  controllers: [ResourceRegistrationController, PermissionController, IntrospectionController, ScopesController],
  providers: [
    AccessAssessor,
    ExpiryPurge,
    PermissionTickets,
    RegisteredResources,
    RequestingPartyTokens,
    RptRevocation,
    TicketGrant,
    TicketRedemption,
    { provide: ClaimTokenVerifier, useClass: IdTokenVerifier },
    { provide: DecisionPoint, useClass: ShareDecisionPoint },
  ],
  exports: [RegisteredResources, UmaOptions],
})
export class UmaAuthorizationModule implements NestModule {
  /** @param oidc the module of the OpenID provider */
  static register(options: UmaOptions, oidc: DynamicModule): DynamicModule {
    return {
      module: UmaAuthorizationModule,
      imports: [oidc],
      providers: [{ provide: UmaOptions, useValue: options }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    const { resourceRegistration: path } = ENDPOINTS;
    consumer
      .apply(refuseUnsupportedMethod)
      .forRoutes({ path, method: RequestMethod.ALL }, { path: `${path}/*splat`, method: RequestMethod.ALL });
  }
}
