import { type Cedar, withCedar } from './cedar.js';
import type { CedarRequest } from './cedar-request.js';
import { isTooComplex } from './policy-complexity.js';
import type { ScopePolicy } from './scope-policy.js';

/** Names under which Cedar keeps nothing any more. It forgets none by itself, so they are used again. */
const freeNames: string[] = [];
let names = 0;

/** A policy that Cedar parses once for many questions. */
export class ParsedPolicy {
  private readonly name = freeNames.pop() ?? `scope-policy-${++names}`;
  private parsedBy: Cedar | undefined;
  private isReadable = true;

  constructor(readonly policy: ScopePolicy) {}

  /**
   * Whether the policy permits; when one of its statements cannot be evaluated, that is as good as a no.
   *
   * @throws Error when the evaluator broke down
   */
  permits(request: CedarRequest): boolean {
    return withCedar((cedar) => {
      if (this.isReadable && this.parsedBy !== cedar) this.parse(cedar);
      if (!this.isReadable) return false;
      const answer = cedar.statefulIsAuthorized({ ...request, preparsedPolicySetId: this.name });
      if (answer.type !== 'success') return false;
      const { decision, diagnostics } = answer.response;
      return decision === 'allow' && diagnostics.errors.length === 0;
    });
  }

  /** Lets Cedar forget the policy, which permits nothing from then on. */
  release(): void {
    this.isReadable = false;
    withCedar((cedar) => cedar.preparsePolicySet(this.name, { staticPolicies: '' }));
    freeNames.push(this.name);
  }

  /** A text that Cedar cannot read, of an older version perhaps, makes a policy that permits nothing. */
  private parse(cedar: Cedar): void {
    const { cedar: staticPolicies } = this.policy;
    this.isReadable =
      !isTooComplex(staticPolicies) && cedar.preparsePolicySet(this.name, { staticPolicies }).type === 'success';
    this.parsedBy = cedar;
  }
}
