import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';

import { ENDPOINTS } from '../endpoints.js';
import { PolicyModule } from '../policy/policy.module.js';
import type { PolicyOptions } from '../policy/policy-options.js';
import { AccessAssessor } from './access-assessor.js';
import { AccessRequests } from './access-requests.js';
import { ClaimsCollection } from './claims-collection.js';
import { ClaimsInteraction } from './claims-interaction/claims-interaction.js';
import { ClaimsInteractionController } from './claims-interaction/claims-interaction.controller.js';
import { VisitCookie } from './claims-interaction/visit-cookie.js';
import { CLAIM_TOKEN_FORMATS, ClaimTokens } from './claim-tokens/claim-tokens.js';
import { ClaimsJwtFormat } from './claim-tokens/claims-jwt.format.js';
import { IdTokenFormat } from './claim-tokens/id-token.format.js';
import { IssuerKeys } from './claim-tokens/issuer-keys.js';
import { DirectProtectionApi } from './direct-protection-api.js';
import { FormerTokens } from './former-tokens.js';
import { ExpiryPurge } from './expiry-purge.js';
import { Introspection } from './introspection.js';
import { IntrospectionController } from './introspection.controller.js';
import { ProfileController } from './profile.controller.js';
import { PermissionController } from './permission.controller.js';
import { TokenSigner } from '../oidc/keys/token-signer.js';
import { Sealer } from '../../common/sealing.js';
import type { ClaimTokenFormat } from './claim-tokens/claim-token.js';
import { PersistedClaims } from './persisted-claims.js';
import { ProtectionApiAccess } from './protection-api-access.js';
import { RptRenewal } from './rpt-renewal.js';
import { RptWriter } from './rpt-writer.js';
import { TokenRevocation } from './token-revocation.js';
import { PermissionRequests } from './permission-requests.js';
import { PermissionTickets } from './permission-tickets.js';
import { Refusals } from './refusals.js';
import { RegisteredResources } from './registered-resources.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';
import { ResourceRegistrationController } from './resource-registration.controller.js';
import { RptRevocation } from './rpt-revocation.js';
import { ScopesController } from './scopes.controller.js';
import { TicketGrant } from './ticket-grant.js';
import { TicketRedemption } from './ticket-redemption.js';
import { UMA_SEALER, UmaOptions } from './uma-options.js';
import { refuseUnsupportedMethod } from './unsupported-method.middleware.js';

/** UMA 2.0 on top of the OpenID provider: the protection API, the ticket grant and introspection. */
@Module({
  controllers: [
    ResourceRegistrationController,
    PermissionController,
    IntrospectionController,
    ScopesController,
    ClaimsInteractionController,
    ProfileController,
  ],
  providers: [
    AccessAssessor,
    DirectProtectionApi,
    ExpiryPurge,
    FormerTokens,
    Introspection,
    PermissionRequests,
    PermissionTickets,
    RegisteredResources,
    RequestingPartyTokens,
    RptRevocation,
    TicketGrant,
    TicketRedemption,
    AccessRequests,
    ClaimsCollection,
    Refusals,
    ClaimsInteraction,
    ClaimsJwtFormat,
    ClaimTokens,
    IdTokenFormat,
    IssuerKeys,
    PersistedClaims,
    ProtectionApiAccess,
    RptRenewal,
    RptWriter,
    TokenRevocation,
    TokenSigner,
    VisitCookie,
    {
      provide: CLAIM_TOKEN_FORMATS,
      inject: [IdTokenFormat, ClaimsJwtFormat],
      useFactory: (...formats: readonly ClaimTokenFormat[]) => formats,
    },
    {
      provide: UMA_SEALER,
      inject: [UmaOptions],
      useFactory: ({ secretKey }: UmaOptions) => new Sealer(secretKey, 'uma-claims'),
    },
  ],
  exports: [PersistedClaims, PolicyModule, RegisteredResources, TokenRevocation, UmaOptions],
})
export class UmaAuthorizationModule implements NestModule {
  /** @param oidc the module of the OpenID provider */
  static register(options: UmaOptions & PolicyOptions, oidc: DynamicModule): DynamicModule {
    return {
      module: UmaAuthorizationModule,
      imports: [oidc, PolicyModule.register(options)],
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
