import type { ModuleMetadata } from '@nestjs/common';

import type { KnownAuthorizationServer } from '../protection-api/authorization-servers.js';
import type { SecurityEventsOptions } from '../security-events/security-events-options.js';

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
   * authorization server tells of them it is reused until its token ends; but 0 asks every time, told or not.
   */
  readonly introspectionCacheSeconds: number;
  /** Whether refusals repeat their challenge as a JSON body, for old clients. */
  readonly challengeBody: boolean;
  /** Whether challenges say where the resource server's metadata are (RFC 9728); they do when left out. */
  readonly resourceMetadata?: boolean;
  /** Challenges beside that of UMA, for clients of plain OAuth; none when left out. Some UMA clients stumble over them. */
  readonly extraChallenges?: readonly ExtraChallenge[];
  /** How long one call to an authorization server may take, in milliseconds; 5,000 when left out. */
  readonly timeoutMs?: number;
  /** The authorization servers that differ from the standard, or are asked by a client; any other one is a standard one. */
  readonly authorizationServers?: readonly KnownAuthorizationServer[];
  /** How authorization servers tell of withdrawals; when left out, they do not. */
  readonly securityEvents?: SecurityEventsOptions;
}

/** Injection token of the {@link UmaModuleOptions}. */
export const UMA_OPTIONS = Symbol('UMA_OPTIONS');
