import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { type ProtectedResource, ProtectedResources } from '../protection-api/protected-resources.js';
import { ProtectionApi } from '../protection-api/protection-api.js';
import { missingScopes } from '../protocol/scopes.js';
import { DecisionCache } from './decision-cache.js';
import { PermissionChallenger } from './permission-challenger.js';
import { decide, type TimedDecision, type UmaDecision } from './uma-decision.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import type { UmaProtection } from './uma-protection.js';
import { UmaRefusal } from './uma-refusal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the requesting party token opens; set by the guard of `@UmaProtect`. */
    umaDecision?: UmaDecision;
  }
}

/** One call to a protected route. */
export interface Visit {
  readonly route: UmaProtection;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The bearer token of the call, if it brings one. */
  readonly token: string | undefined;
}

/** Decides whether a call may pass, and asks its authorization server when it must; the guard's reasoning. */
@Injectable()
export class Admission {
  constructor(
    private readonly clock: Clock,
    private readonly resources: ProtectedResources,
    private readonly protectionApi: ProtectionApi,
    private readonly challenger: PermissionChallenger,
    private readonly cache: DecisionCache,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {}

  /** Whether a remembered decision lets the call pass. `false` says nothing: it must be asked with {@link admit}. */
  remembers({ token, route, request, reply }: Visit, id: string): boolean {
    if (token === undefined) return false;
    const decision = this.cache.get(cacheKey(token, id), this.clock.nowMs());
    return decision !== undefined && opens(decision, route) && pass(decision, request, reply);
  }

  /**
   * Finds out whether the call may pass, with at most one question about its token.
   *
   * @throws UmaRefusal when it may not
   */
  async admit(visit: Visit, id: string): Promise<true> {
    const resource = await this.resources.find(id);
    if (resource === undefined) throw unknownResource();
    // While the resource was looked up, another call with this token may have learned what it opens.
    if (this.remembers(visit, id)) return true;
    const { token, route, request, reply } = visit;
    const decision = token === undefined ? undefined : await this.ask(token, resource, reply);
    if (decision !== undefined && opens(decision, route)) return pass(decision, request, reply);
    throw await this.challenger.challenge(resource, route, reply);
  }

  private async ask(token: string, resource: ProtectedResource, reply: FastifyReply): Promise<UmaDecision | undefined> {
    let timed = await this.question(token, resource, reply);
    // The question may have been another call's, asked before there was news of the token; the next one is asked after
    // this call has come in.
    if (timed !== undefined && this.cache.isOutdated(timed)) timed = await this.question(token, resource, reply);
    const key = cacheKey(token, resource.id);
    if (timed === undefined) this.cache.drop(key);
    else this.cache.put(key, timed);
    return timed?.decision;
  }

  private async question(
    token: string,
    resource: ProtectedResource,
    reply: FastifyReply,
  ): Promise<TimedDecision | undefined> {
    const introspection = await this.protectionApi.introspect(resource.owner, token).catch((error: unknown) => {
      throw this.challenger.unreachable(error, reply);
    });
    return decide(introspection, {
      resource,
      audience: this.options.audience,
      nowMs: this.clock.nowMs(),
      longestMs: this.options.introspectionCacheSeconds * 1000,
    });
  }
}

/** The refusal of a call for a resource that does not exist here. */
export const unknownResource = (): UmaRefusal => UmaRefusal.of(404, 'not_found', 'There is no such resource.');

const cacheKey = (token: string, id: string): string => `${digest(token)} ${id}`;

const opens = (decision: UmaDecision, route: UmaProtection): boolean =>
  missingScopes(route.scopes, decision.scopes).length === 0;

function pass(decision: UmaDecision, request: FastifyRequest, reply: FastifyReply): true {
  request.umaDecision = decision;
  void reply.header('cache-control', 'private, no-store');
  return true;
}
