import { isSamePerson, type Person } from './person.js';
import { isInForce, type Share } from './share.js';

/** A question to the decision point: may this subject do this to this resource? Shaped as AuthZEN's evaluation request. */
export interface DecisionRequest {
  /** The requesting party; `undefined` as long as nobody was identified. */
  readonly subject: Person | undefined;
  /** The scopes asked for; none asks whether there is any access at all. */
  readonly action: { readonly scopes: readonly string[] };
  readonly resource: { readonly id: string };
  readonly context: { readonly atMs: number };
}

/** The answer of the decision point. */
export type Decision =
  | {
      readonly kind: 'permit';
      /** Those of the asked scopes that are permitted, perhaps none. */
      readonly scopes: readonly string[];
      /** The share that the permit rests on; when that goes, the permit goes. */
      readonly shareId: string;
      /** When the permit ends by itself, in milliseconds. */
      readonly untilMs: number | undefined;
    }
  /** It depends on claims that nobody has given yet. */
  | { readonly kind: 'need-claims'; readonly claims: readonly string[] }
  | { readonly kind: 'deny' };

/**
 * Decides by shares alone: a permit takes a share in force of that resource with that person; what no share covers is
 * denied. While the person is unknown the answer is to ask, whether or not anything is shared: another answer would tell
 * a stranger that the owner shares nothing.
 *
 * @param shares every share of the resource with the subject; others do no harm
 * @see UMA 2.0 Grant sections 3.3.4 and 5.6 (no default permit)
 */
export function decide(request: DecisionRequest, shares: readonly Share[]): Decision {
  const { subject, action, resource, context } = request;
  if (subject === undefined) return { kind: 'need-claims', claims: ['sub'] };
  const share = shares.find(
    (candidate) =>
      candidate.resourceId === resource.id &&
      isSamePerson(candidate.grantee, subject) &&
      isInForce(candidate, context.atMs),
  );
  if (share === undefined) return { kind: 'deny' };
  const scopes = action.scopes.filter((scope) => share.scopes.includes(scope));
  return { kind: 'permit', scopes, shareId: share.id, untilMs: share.expiresMs };
}
