import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Finds the protected resource of a call whose URL does not name it plainly. */
export abstract class ResourceLoader {
  /** @returns the resource server's own id of the resource; `undefined` when there is none (the call gets a 404) */
  abstract resourceId(request: FastifyRequest): Promise<string | undefined>;
}

/** Where a route's protected resource comes from: a path parameter, or a loader that is a provider of the application. */
export type ResourceSelector = { readonly param: string } | { readonly loader: Type<ResourceLoader> };

/** What a route demands of a requesting party token. */
export interface UmaProtection {
  readonly resource: ResourceSelector;
  /** Every scope that the call needs; at least one. The permission ticket asks for just these. */
  readonly scopes: readonly string[];
  /** Whether a refusal repeats its challenge as a JSON body, for old clients; else the module's setting holds. */
  readonly challengeBody?: boolean;
}
