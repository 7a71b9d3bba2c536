import { type DynamicModule, Module, type OnModuleInit, type Provider, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { Clock } from '../../common/clock.js';
import { LONGEST_UNTOLD_SECONDS } from '../../common/lifetimes.js';
import { ForwardAuth } from '../forward-auth/forward-auth.js';
import { ForwardAuthController } from '../forward-auth/forward-auth.controller.js';
import { FORWARD_AUTH_OPTIONS } from '../forward-auth/forward-auth-options.js';
import {
  AuthorizationServerConnections,
  DEFAULT_TIMEOUT_MS,
} from '../protection-api/authorization-server-connections.js';
import { AuthorizationServers } from '../protection-api/authorization-servers.js';
import { PatSource } from '../protection-api/pat-source.js';
import { ProtectionApi } from '../protection-api/protection-api.js';
import { SignedTokens } from '../protection-api/signed-tokens.js';
import { EventChannels } from '../security-events/event-channels.js';
import { SecurityEventsController } from '../security-events/security-events.controller.js';
import { securityEventProviders } from '../security-events/security-events.providers.js';
import { TokenEndings } from '../security-events/token-endings.js';
import { Admission } from './admission.js';
import { DecisionCache } from './decision-cache.js';
import { DpopProofs } from './dpop-proofs.js';
import { HttpEntrance } from './http-entrance.js';
import { PermissionChallenger } from './permission-challenger.js';
import { ResourceIds } from './resource-ids.js';
import { resourceMetadataOf } from './resource-metadata.controller.js';
import { SocketEntrance } from './socket-entrance.js';
import { SocketHandshake } from './socket-handshake.js';
import { SocketTokens } from './socket-tokens.js';
import { TokenInspector } from './token-inspector.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';

const MAX_DECISIONS = 50_000;

/**
 * The resource server's side of UMA: the guard behind `@UmaProtect`, the {@link ProtectionApi}, and the endpoint where
 * authorization servers tell of tokens that have ended, which {@link TokenEndings} passes on. The application provides
 * `Clock`, `PatSource` and `ProtectedResources`: globally, or through `imports` or `providers`.
 */
@Module({})
export class UmaModule implements OnModuleInit {
  /**
   * @throws Error when untold decisions would outlive 10 seconds: a withdrawal could act no sooner; or when an
   * authorization server cannot be what its profile says
   */
  static register(options: UmaModuleOptions): DynamicModule {
    const { introspectionCacheSeconds: seconds = LONGEST_UNTOLD_SECONDS, securityEvents } = options;
    if (!(seconds >= 0 && seconds <= LONGEST_UNTOLD_SECONDS)) {
      throw new Error(`introspectionCacheSeconds must be from 0 to ${LONGEST_UNTOLD_SECONDS}.`);
    }
    return {
      module: UmaModule,
      global: true,
      imports: options.imports ?? [],
      controllers: controllersOf(options),
      providers: [
        ...(options.providers ?? []),
        { provide: UMA_OPTIONS, useValue: options },
        ...guardProviders(options),
        ...(securityEvents === undefined
          ? []
          : securityEventProviders(securityEvents, options.audience, timeoutOf(options))),
      ],
      exports: [
        ProtectionApi,
        SignedTokens,
        Admission,
        HttpEntrance,
        SocketEntrance,
        SocketHandshake,
        SocketTokens,
        TokenEndings,
        EventChannels,
      ],
    };
  }

  constructor(private readonly host: HttpAdapterHost) {}

  /** @throws Error on Express, where every guarded route would fail: requests and replies are those of Fastify */
  onModuleInit(): void {
    if (this.host.httpAdapter.getType() !== 'express') return;
    throw new Error('The guard works on Fastify: create the application with a FastifyAdapter.');
  }
}

function controllersOf(options: UmaModuleOptions): Type[] {
  const { securityEvents, forwardAuth } = options;
  return [
    resourceMetadataOf(options),
    ...(securityEvents === undefined ? [] : [SecurityEventsController]),
    ...(forwardAuth === undefined ? [] : [ForwardAuthController]),
  ];
}

function guardProviders(options: UmaModuleOptions): readonly Provider[] {
  const servers = new AuthorizationServers(options.audience, options.authorizationServers);
  return [
    TokenEndings,
    { provide: EventChannels, useValue: new EventChannels(issuersOf(options)) },
    { provide: DecisionCache, inject: [EventChannels, TokenEndings, Clock], useFactory: decisionCache },
    {
      provide: AuthorizationServerConnections,
      inject: [Clock],
      useFactory: (clock: Clock) => new AuthorizationServerConnections(servers, clock, timeoutOf(options)),
    },
    {
      provide: ProtectionApi,
      inject: [PatSource, Clock, AuthorizationServerConnections],
      useFactory: (...parts: ConstructorParameters<typeof ProtectionApi>) => new ProtectionApi(...parts),
    },
    {
      provide: SignedTokens,
      inject: [AuthorizationServerConnections, Clock],
      useFactory: (...parts: ConstructorParameters<typeof SignedTokens>) => new SignedTokens(...parts),
    },
    TokenInspector,
    PermissionChallenger,
    Admission,
    ResourceIds,
    DpopProofs,
    HttpEntrance,
    SocketTokens,
    SocketEntrance,
    SocketHandshake,
    ...(options.forwardAuth === undefined
      ? []
      : [{ provide: FORWARD_AUTH_OPTIONS, useValue: options.forwardAuth }, ForwardAuth]),
  ];
}

const timeoutOf = ({ timeoutMs = DEFAULT_TIMEOUT_MS }: UmaModuleOptions): number => timeoutMs;

function issuersOf({ securityEvents }: UmaModuleOptions): readonly string[] {
  return securityEvents?.sources.map(({ issuer }) => issuer) ?? [];
}

function decisionCache(channels: EventChannels, endings: TokenEndings, clock: Clock): DecisionCache {
  const cache = new DecisionCache({ maxEntries: MAX_DECISIONS }, (issuer) => channels.of(issuer));
  endings.subscribe((ending) => {
    cache.forget(ending, clock.nowMs());
  });
  return cache;
}
