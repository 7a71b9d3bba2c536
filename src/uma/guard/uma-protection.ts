import type { ExecutionContext, Type } from '@nestjs/common';

import type { ScopeDemand } from './scope-demand.js';

/** Finds the protected resources of a call that does not name them plainly. A provider of the application. */
export abstract class ResourceLoader {
  /**
   * @param call over HTTP or of a socket's event, as Nest has it
   * @returns the resource server's own id of the resource, or several, each of which the token has to open; `undefined`
   * or an empty list when there is none (the call is refused as for an unknown resource)
   */
  abstract resourceId(call: ExecutionContext): Promise<string | readonly string[] | undefined>;
}

/**
 * Where the id of a protected resource comes from: a parameter (of the path of a route; a member of the message of an
 * event, there also a list of ids), or a loader.
 */
export type ResourceSelector = { readonly param: string } | { readonly loader: Type<ResourceLoader> };

/** What a route or an event demands of a requesting party token. */
export interface UmaProtection {
  /** The resource, or several: each of them has to be open. */
  readonly resource: ResourceSelector | readonly ResourceSelector[];
  /** What is needed at each resource; the permission ticket asks for just that. Of `anyOf` it asks for the first. */
  readonly scopes: ScopeDemand;
  /** Whether a refusal repeats its challenge as a JSON body, for old clients; else the module's setting holds. */
  readonly challengeBody?: boolean;
}
