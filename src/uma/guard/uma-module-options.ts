import type { ModuleMetadata } from '@nestjs/common';

/** What the guard needs to know about its resource server. */
export interface UmaModuleOptions extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  /** `realm` of the challenges. */
  readonly realm: string;
  /** The resource server's identifier, an absolute URL without trailing slash: what `aud` of its tokens must name. */
  readonly audience: string;
  /** How long an allowing decision may be reused, 0 to 10 seconds; 0 asks every time. */
  readonly introspectionCacheSeconds: number;
  /** Whether refusals repeat their challenge as a JSON body, for old clients. */
  readonly challengeBody: boolean;
  /** How long one call to an authorization server may take, in milliseconds; 5,000 when left out. */
  readonly timeoutMs?: number;
}

/** Injection token of the {@link UmaModuleOptions}. */
export const UMA_OPTIONS = Symbol('UMA_OPTIONS');
