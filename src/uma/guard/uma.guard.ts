import { type CanActivate, type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Admission, unknownResource, type Visit } from './admission.js';
import { presentedToken } from './bearer-token.js';
import type { ResourceLoader, UmaProtection } from './uma-protection.js';
import { UMA_PROTECTION } from './uma-protection.metadata.js';
import { UmaRefusal } from './uma-refusal.js';

/**
 * Lets a call pass that brings a requesting party token for the resource and the scopes its route names. Closed by
 * default: without metadata, on another transport, for an unknown resource or while the authorization server is away
 * nothing passes.
 *
 * @see UMA 2.0 Grant sections 3.2 and 3.5
 */
@Injectable()
export class UmaGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly moduleRef: ModuleRef,
    private readonly admission: Admission,
  ) {}

  /**
   * Answers at once, not with a promise, when a remembered decision allows the call: this is the hot path.
   *
   * @throws UmaRefusal when the call may not pass
   */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const visit = this.visit(context);
    // A controller and its handler may both name this guard: what it decided for this request stands.
    if (visit.request.umaDecision !== undefined) return true;
    const { resource } = visit.route;
    if ('loader' in resource) return this.admitLoaded(visit, resource.loader);
    const id = (visit.request.params as Readonly<Record<string, string | undefined>>)[resource.param];
    if (id === undefined) throw unknownResource();
    return this.admission.remembers(visit, id) || this.admission.admit(visit, id);
  }

  private async admitLoaded(visit: Visit, loader: Type<ResourceLoader>): Promise<boolean> {
    const id = await this.moduleRef.get(loader, { strict: false }).resourceId(visit.request);
    if (id === undefined) throw unknownResource();
    return this.admission.remembers(visit, id) || this.admission.admit(visit, id);
  }

  private visit(context: ExecutionContext): Visit {
    const places = [context.getHandler(), context.getClass()];
    const route = this.reflector.getAllAndOverride<UmaProtection | undefined>(UMA_PROTECTION, places);
    if (route === undefined || context.getType() !== 'http') {
      throw UmaRefusal.of(403, 'access_denied', 'This way in is closed.');
    }
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const presented = presentedToken(request.raw, request.query);
    if (presented.kind === 'malformed') {
      throw UmaRefusal.of(400, 'invalid_request', 'One Authorization header with one bearer token is expected.');
    }
    const token = presented.kind === 'token' ? presented.token : undefined;
    return { route, request, reply: http.getResponse<FastifyReply>(), token };
  }
}
