import type { IncomingMessage } from 'node:http';

import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Admission } from './admission.js';
import type { Attempt } from './attempt.js';
import { headerValues, presentedRpt } from './bearer-token.js';
import { DpopProofs, InvalidProof, type ProofTerms } from './dpop-proofs.js';
import { ResourceIds } from './resource-ids.js';
import type { ScopeDemand } from './scope-demand.js';
import type { UmaDecision } from './uma-decision.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import type { UmaProtection } from './uma-protection.js';
import { ambiguousToken, UmaRefusal } from './uma-refusal.js';

/** Of what a token has opened: it is for whoever brings one, and until its owner says otherwise. */
export const GUARDED_CACHE_CONTROL = 'private, no-store';

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
  private readonly tokenHeader: string | undefined;

  constructor(
    private readonly admission: Admission,
    private readonly proofs: DpopProofs,
    private readonly ids: ResourceIds,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {
    this.tokenHeader = options.tokenHeader?.toLowerCase();
  }

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
    const id = this.ids.plain(protection, request.params);
    const passed = id === undefined ? undefined : this.remembered(request.raw, request.query, protection, id);
    if (passed === undefined) return this.ask(context, protection);
    return pass(passed, request, http.getResponse<FastifyReply>());
  }

  /**
   * What a request that bears its token is known to open, at once. `undefined` says nothing: then {@link admit} has to find
   * out.
   *
   * @param query of its address, as it was read
   */
  remembered(
    raw: Pick<IncomingMessage, 'rawHeaders'>,
    query: unknown,
    { scopes, challengeBody }: Pick<UmaProtection, 'scopes' | 'challengeBody'>,
    id: string,
  ): Passed | undefined {
    const presented = presentedRpt(raw, query, this.tokenHeader);
    if (presented.kind !== 'token' || presented.scheme !== 'bearer') return undefined;
    const attempt: Attempt = { token: { token: presented.token }, scopes, challengeBody };
    const decision = this.admission.remembered(attempt, id);
    return decision && { attempt, decisions: [decision] };
  }

  /**
   * What a request brings.
   *
   * @param about the request as its client knows it, for a proof of possession
   * @throws UmaRefusal when that can be read in two ways
   */
  async attempt(
    request: FastifyRequest,
    scopes: ScopeDemand,
    about: Pick<ProofTerms, 'method' | 'url'>,
  ): Promise<Attempt> {
    const presented = presentedRpt(request.raw, request.query, this.tokenHeader);
    if (presented.kind === 'malformed') throw ambiguousToken();
    if (presented.kind === 'nothing') return { token: undefined, scopes };
    const { token, scheme } = presented;
    if (scheme === 'bearer') return { token: { token }, scopes };
    try {
      const proofs = headerValues(request.raw.rawHeaders, 'dpop');
      return { token: { token, proof: await this.proofs.prove(proofs, { token, ...about }) }, scopes };
    } catch (error) {
      if (error instanceof InvalidProof) return { token: undefined, badProof: error, scopes };
      throw error;
    }
  }

  private async ask(context: ExecutionContext, protection: UmaProtection): Promise<true> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const [path = ''] = request.url.split('?', 1);
    try {
      const about = { method: request.method, url: `${this.options.audience}${path}` };
      const brought = await this.attempt(request, protection.scopes, about);
      const attempt = { ...brought, challengeBody: protection.challengeBody };
      const ids = await this.ids.of(protection, context, request.params);
      return pass({ attempt, decisions: await this.admission.admit(attempt, ids) }, request, reply);
    } catch (error) {
      if (error instanceof UmaRefusal) writeHeaders(reply, error);
      throw error;
    }
  }
}

function pass(passed: Passed, request: FastifyRequest, reply: FastifyReply): true {
  request.uma = passed;
  void reply.header('cache-control', GUARDED_CACHE_CONTROL);
  return true;
}

/** Puts the headers of a refusal on a reply, for applications whose error filter does not know it. */
export function writeHeaders(reply: FastifyReply, { headers }: UmaRefusal): void {
  for (const [name, value] of Object.entries(headers)) void reply.header(name, value);
}
