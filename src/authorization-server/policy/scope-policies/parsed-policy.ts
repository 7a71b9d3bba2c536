import type { Cedar } from './cedar.js';
import type { CedarRequest } from './cedar-request.js';
import type { ScopePolicy } from './scope-policy.js';

/** Names under which Cedar keeps nothing any more. It forgets none by itself, so they are used again. */
const freeNames: string[] = [];
let names = 0;

/** A policy that Cedar has parsed, once for many questions. */
export class ParsedPolicy {
  private constructor(
    private readonly cedar: Cedar,
    private readonly name: string,
    readonly policy: ScopePolicy,
    private readonly isReadable: boolean,
  ) {}

  /** A text that Cedar cannot read, of an older version perhaps, makes a policy that permits nothing. */
  static parse(cedar: Cedar, policy: ScopePolicy): ParsedPolicy {
    const name = freeNames.pop() ?? `scope-policy-${++names}`;
    const { type } = cedar.preparsePolicySet(name, { staticPolicies: policy.cedar });
    return new ParsedPolicy(cedar, name, policy, type === 'success');
  }

  /** Whether the policy permits; when one of its statements cannot be evaluated, that is as good as a no. */
  permits(request: CedarRequest): boolean {
    if (!this.isReadable) return false;
    const answer = this.cedar.statefulIsAuthorized({ ...request, preparsedPolicySetId: this.name });
    if (answer.type !== 'success') return false;
    const { decision, diagnostics } = answer.response;
    return decision === 'allow' && diagnostics.errors.length === 0;
  }

  /** Lets Cedar forget the policy, which permits nothing from then on. */
  release(): void {
    this.cedar.preparsePolicySet(this.name, { staticPolicies: '' });
    freeNames.push(this.name);
  }
}
