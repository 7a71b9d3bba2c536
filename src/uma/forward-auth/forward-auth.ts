import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Admission } from '../guard/admission.js';
import { HttpEntrance, writeHeaders } from '../guard/http-entrance.js';
import type { UmaDecision } from '../guard/uma-decision.js';
import { UMA_OPTIONS, type UmaModuleOptions } from '../guard/uma-module-options.js';
import { UmaRefusal } from '../guard/uma-refusal.js';
import { FORWARD_AUTH_OPTIONS, type ForwardAuthOptions } from './forward-auth-options.js';
import { needOf } from './forward-auth-rule.js';
import { originalRequest } from './original-request.js';

/** What proxies understand; they take any other for a fault of ours. */
const UNDERSTOOD: readonly number[] = [401, 403];

/** Decides for proxies whether they may pass requests on. */
@Injectable()
export class ForwardAuth {
  private readonly origin: string;

  constructor(
    private readonly admission: Admission,
    private readonly entrance: HttpEntrance,
    @Inject(FORWARD_AUTH_OPTIONS) private readonly options: ForwardAuthOptions,
    @Inject(UMA_OPTIONS) { audience }: UmaModuleOptions,
  ) {
    this.origin = options.origin ?? new URL(audience).origin;
  }

  /**
   * @returns headers that tell the service what was decided: the resource, its scopes in effect, the client
   * @throws UmaRefusal when the request may not be passed on
   */
  async headersFor(request: FastifyRequest, reply: FastifyReply): Promise<Readonly<Record<string, string>>> {
    try {
      return headersOf(await this.decide(request));
    } catch (error) {
      if (!(error instanceof UmaRefusal)) throw error;
      if (!UNDERSTOOD.includes(error.getStatus())) throw closed();
      writeHeaders(reply, error);
      throw error;
    }
  }

  private async decide(request: FastifyRequest): Promise<UmaDecision> {
    const original = originalRequest(this.options.proxy, request.raw);
    const need = original && needOf(this.options.rules, original.method, original.target);
    if (original === undefined || need === undefined) throw closed();
    const [path = ''] = original.target.split('?', 1);
    const about = { method: original.method, url: `${this.origin}${path}` };
    const attempt = await this.entrance.attempt(request, need.scopes, about);
    const [decision] = await this.admission.admit(attempt, [need.resourceId]);
    if (decision === undefined) throw closed();
    return decision;
  }
}

/** All of them, each time: one that is left out could be one that the client has sent. */
const headersOf = ({ resource, scopes, clientId = '' }: UmaDecision): Readonly<Record<string, string>> => ({
  'x-uma-resource': resource.id,
  'x-uma-scopes': scopes.join(' '),
  'x-uma-client': clientId,
});

const closed = (): UmaRefusal => new UmaRefusal(403, 'access_denied', 'This way is closed.');
