import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Admission } from './admission.js';
import type { Attempt } from './attempt.js';
import { headerValues, presentedRpt } from './bearer-token.js';
import { DpopProofs, InvalidProof } from './dpop-proofs.js';
import type { ProvenToken } from './proven-token.js';
import { ResourceIds } from './resource-ids.js';
import type { UmaDecision } from './uma-decision.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import type { UmaProtection } from './uma-protection.js';
import { ambiguousToken, UmaRefusal } from './uma-refusal.js';

/** A call that was let pass: its token, and what that opens at each of its resources. */
export interface Passed {
  readonly attempt: Attempt;
  readonly decisions: readonly UmaDecision[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What let the call pass; set by the guard of `@UmaProtect`. */
    uma?: Passed;
  }
}

/** The guard's way in for requests over HTTP: reads the token of a call, and writes on its reply why it is refused. */
@Injectable()
export class HttpEntrance {
  constructor(
    private readonly admission: Admission,
    private readonly proofs: DpopProofs,
    private readonly ids: ResourceIds,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {}

  /**
   * Answers at once, not with a promise, when a remembered decision allows the call: this is the hot path.
   *
   * @throws UmaRefusal when the call may not pass
   */
  admit(context: ExecutionContext, protection: UmaProtection): true | Promise<true> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    // A controller and its handler may both name the guard: what it decided for this request stands.
    if (request.uma !== undefined) return true;
    const reply = http.getResponse<FastifyReply>();
    const presented = presentedRpt(request.raw, request.query);
    if (presented.kind === 'malformed') throw ambiguousToken();
    const isBorne = presented.kind === 'token' && presented.scheme === 'bearer';
    const token = isBorne ? { token: presented.token } : undefined;
    const attempt: Attempt = { token, scopes: protection.scopes, challengeBody: protection.challengeBody };
    const id = this.ids.plain(protection, request.params);
    const known = id === undefined ? undefined : this.admission.remembered(attempt, id);
    if (known !== undefined) return pass({ attempt, decisions: [known] }, request, reply);
    const isBound = presented.kind === 'token' && presented.scheme === 'dpop';
    return this.ask(context, protection, isBound ? this.proven(attempt, presented.token, request) : attempt);
  }

  private async ask(
    context: ExecutionContext,
    protection: UmaProtection,
    attempt: Attempt | Promise<Attempt>,
  ): Promise<true> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    try {
      const proven = await attempt;
      const ids = await this.ids.of(protection, context, request.params);
      return pass({ attempt: proven, decisions: await this.admission.admit(proven, ids) }, request, reply);
    } catch (error) {
      if (error instanceof UmaRefusal) writeHeaders(reply, error);
      throw error;
    }
  }

  private async proven(attempt: Attempt, token: string, request: FastifyRequest): Promise<Attempt> {
    const path = request.url.split('?', 1)[0] ?? '';
    const terms = { token, method: request.method, url: `${this.options.audience}${path}` };
    try {
      const proof = await this.proofs.prove(headerValues(request.raw.rawHeaders, 'dpop'), terms);
      const proven: ProvenToken = { token, proof };
      return { ...attempt, token: proven };
    } catch (error) {
      if (error instanceof InvalidProof) return { ...attempt, badProof: error };
      throw error;
    }
  }
}

function pass(passed: Passed, request: FastifyRequest, reply: FastifyReply): true {
  request.uma = passed;
  void reply.header('cache-control', 'private, no-store');
  return true;
}

function writeHeaders(reply: FastifyReply, { headers }: UmaRefusal): void {
  for (const [name, value] of Object.entries(headers)) void reply.header(name, value);
}
