import type { ModuleMetadata } from '@nestjs/common';

import type { KnownAuthorizationServer } from '../protection-api/authorization-servers.js';
import type { ForwardAuthOptions } from '../forward-auth/forward-auth-options.js';
import type { SecurityEventsOptions } from '../security-events/security-events-options.js';

/**
 * By what tokens are judged: by what their authorization server says of them (`introspection`); by what they say
 * themselves, when it has signed them (`jwt`); or by both, where each has to permit (`both`: an opaque token says nothing
 * itself, so that the authorization server alone is asked).
 */
export type DecisionMode = 'introspection' | 'jwt' | 'both';

/** Schemes that a refusal may name beside UMA, for clients that look for them. */
export type ExtraChallenge = 'Bearer' | 'DPoP';

/** What the guard needs to know about its resource server. */
export interface UmaModuleOptions extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  /** `realm` of the challenges. */
  readonly realm: string;
  /** The resource server's identifier, an absolute URL without trailing slash: what `aud` of its tokens must name. */
  readonly audience: string;
  /**
   * How long an allowing decision may be reused while nobody tells of withdrawals, 0 to 10 seconds. While the
   * authorization server tells of them it is reused until its token ends; but 0 asks every time, told or not. 10 when left
   * out.
   */
  readonly introspectionCacheSeconds?: number;
  /** By what tokens are judged; by introspection when left out. By `jwt` alone, nobody can be asked what changed since. */
  readonly decisionMode?: DecisionMode;
  /** Whether refusals repeat their challenge as a JSON body, for old clients; they do not when left out. */
  readonly challengeBody?: boolean;
  /** Whether challenges say where the resource server's metadata are (RFC 9728); they do when left out. */
  readonly resourceMetadata?: boolean;
  /** The scopes of its resources, for the metadata. */
  readonly scopes?: readonly string[];
  /** What the resource server is called, for the metadata. */
  readonly resourceName?: string;
  /** Challenges beside that of UMA, for clients of plain OAuth; none when left out. Some UMA clients stumble over them. */
  readonly extraChallenges?: readonly ExtraChallenge[];
  /** A header in which a client may send its token alone, beside `Authorization`; none when left out. */
  readonly tokenHeader?: string | undefined;
  /** How long one call to an authorization server may take, in milliseconds; 5,000 when left out. */
  readonly timeoutMs?: number;
  /** The authorization servers that differ from the standard, or are asked by a client; any other one is a standard one. */
  readonly authorizationServers?: readonly KnownAuthorizationServer[];
  /** How a proxy asks about requests to other services; when left out, none may. */
  readonly forwardAuth?: ForwardAuthOptions | undefined;
  /** How authorization servers tell of withdrawals; when left out, they do not. */
  readonly securityEvents?: SecurityEventsOptions;
}

/** Injection token of the {@link UmaModuleOptions}. */
export const UMA_OPTIONS = Symbol('UMA_OPTIONS');
