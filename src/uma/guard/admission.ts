import { Inject, Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { LONGEST_UNTOLD_SECONDS } from '../../common/lifetimes.js';
import { type ProtectedResource, ProtectedResources } from '../protection-api/protected-resources.js';
import { MAX_PERMISSIONS } from '../protocol/permission-request.js';
import type { Attempt } from './attempt.js';
import { DecisionCache } from './decision-cache.js';
import { InvalidProof } from './dpop-proofs.js';
import { type Judged, PermissionChallenger } from './permission-challenger.js';
import type { ProvenToken } from './proven-token.js';
import { meets, type ScopeDemand } from './scope-demand.js';
import { TokenInspector } from './token-inspector.js';
import { agreed, decide, type TimedDecision, type UmaDecision } from './uma-decision.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import { UmaRefusal, unknownResource } from './uma-refusal.js';

/** Decides whether a call may pass, and asks its authorization server when it must: the guard's reasoning. */
@Injectable()
export class Admission {
  constructor(
    private readonly clock: Clock,
    private readonly resources: ProtectedResources,
    private readonly inspector: TokenInspector,
    private readonly challenger: PermissionChallenger,
    private readonly cache: DecisionCache,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {}

  /**
   * The decision that is remembered and lets the call pass, at once. `undefined` says nothing: it must be asked for with
   * {@link admit}.
   */
  remembered({ token, scopes }: Attempt, id: string): UmaDecision | undefined {
    if (token === undefined) return undefined;
    const decision = this.cache.get(cacheKey(token.token, id), this.clock.nowMs());
    return decision !== undefined && opens(decision, token, scopes) ? decision : undefined;
  }

  /**
   * Finds out whether the call may pass, with at most one question about its token for each owner.
   *
   * @param ids of the resources, each of which the token has to open
   * @returns a decision for each resource, in their order
   * @throws UmaRefusal when the call may not pass
   */
  async admit(attempt: Attempt, ids: readonly string[]): Promise<readonly UmaDecision[]> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) throw unknownResource();
    if (wanted.length > MAX_PERMISSIONS) throw tooMany();
    const judged = await Promise.all(wanted.map((id) => this.judge(attempt, id)));
    const opened = judged.filter(({ isOpen }) => isOpen).flatMap(({ decision }) => decision ?? []);
    if (opened.length < judged.length) throw await this.challenger.challenge(judged, attempt);
    if (attempt.token?.proof?.spend() !== false) return opened;
    const closed = judged.map((one) => ({ ...one, isOpen: false }));
    throw await this.challenger.challenge(closed, { ...attempt, badProof: new InvalidProof('It was used before.') });
  }

  /**
   * Finds out whether the token of a call is enough for one of its resources, and turns nobody away for it.
   *
   * @throws UmaRefusal when there is no such resource, or its authorization server cannot be asked
   */
  async judge(attempt: Attempt, id: string): Promise<Judged> {
    const known = this.remembered(attempt, id);
    if (known !== undefined) return { resource: known.resource, isOpen: true, decision: known };
    const resource = await this.resources.find(id);
    if (resource === undefined) throw unknownResource();
    const { token, scopes } = attempt;
    if (token === undefined) return { resource, isOpen: false, decision: undefined };
    // While the resource was looked up, another call with this token may have learned what it opens.
    const learned = this.remembered(attempt, id);
    if (learned !== undefined) return { resource, isOpen: true, decision: learned };
    const decision = await this.decisionOn(token, resource).catch((error: unknown) => {
      throw this.challenger.unreachable(error);
    });
    return { resource, isOpen: decision !== undefined && opens(decision, token, scopes), decision };
  }

  /**
   * What the token opens at a resource now, as its authorization server says.
   *
   * @returns `undefined` when it opens nothing
   * @throws AuthorizationServerUnreachable when that cannot be asked
   */
  private async decisionOn({ token }: ProvenToken, resource: ProtectedResource): Promise<UmaDecision | undefined> {
    const key = cacheKey(token, resource.id);
    let timed = await this.question(token, resource);
    // The question may have been another call's, asked before there was news of the token; the next one is asked after
    // this call has come in. A token that says itself what it is worth does not know the news.
    if (timed !== undefined && this.cache.isOutdated(timed)) {
      timed = timed.isFixed ? undefined : await this.question(token, resource);
    }
    if (timed === undefined) this.cache.drop(key);
    else this.cache.put(key, timed);
    return timed?.decision;
  }

  private async question(token: string, resource: ProtectedResource): Promise<TimedDecision | undefined> {
    const statements = await this.inspector.inspect(resource.owner, token);
    const { audience, introspectionCacheSeconds = LONGEST_UNTOLD_SECONDS } = this.options;
    const terms = { resource, audience, nowMs: this.clock.nowMs(), longestMs: introspectionCacheSeconds * 1000 };
    return agreed(statements.map((statement) => decide(statement, terms)));
  }
}

const cacheKey = (token: string, id: string): string => `${digest(token)} ${id}`;

/** Whoever bears a token that is bound to a key, or proves a key that it is not bound to, is not its holder. */
const opens = (decision: UmaDecision, token: ProvenToken, scopes: ScopeDemand): boolean =>
  decision.jkt === token.proof?.jkt && meets(decision.scopes, scopes);

const tooMany = (): UmaRefusal =>
  new UmaRefusal(400, 'invalid_request', `A call is for ${MAX_PERMISSIONS} resources at most.`);
