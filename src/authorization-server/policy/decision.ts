import type { ClaimRequirement } from './claims.js';
import type { RequestingParty } from './person.js';

/** The action that asks whether there is any access to a resource at all; no scope has this name. */
export const ANY_ACCESS = '';

/**
 * A question to the decision point: may this subject do this to this resource? Its parts are those of an AuthZEN access
 * evaluation request.
 *
 * @see AuthZEN Authorization API 1.0 section 5
 */
export interface Evaluation {
  /** The requesting party; `undefined` as long as nobody was identified. */
  readonly subject: RequestingParty | undefined;
  /** A scope, or {@link ANY_ACCESS}. */
  readonly action: { readonly name: string };
  readonly resource: EvaluatedResource;
  readonly context: EvaluationContext;
}

/** The resource that somebody wants to get at. */
export interface EvaluatedResource {
  readonly id: string;
  /** As the resource server registered it. */
  readonly type: string | undefined;
  readonly ownerId: string;
  /** Client id of the resource server. */
  readonly resourceServer: string;
}

/** In what circumstances somebody wants access. */
export interface EvaluationContext {
  readonly atMs: number;
  /** The client that asks on behalf of the requesting party. */
  readonly clientId: string;
  /** Issuers of which the client can bring claims; not given: any. A claim of another one will never come. */
  readonly claimIssuers?: readonly string[];
}

/** What decided: the owner's pages and the administrator's show it, nobody else learns it. */
export interface Rule {
  readonly kind:
    | 'share'
    | 'scope-policy'
    | 'external-decision-point'
    | 'blocked-person'
    | 'sharing-paused'
    | 'owner-suspended'
    | 'requesting-party-suspended'
    | 'unknown-requesting-party'
    | 'access-requests'
    | 'refused-access-request'
    | 'no-share';
  /** Of the share, policy or block. */
  readonly id?: string;
  /** What people call the policy. */
  readonly name?: string;
}

/**
 * The answer of the decision point. Whatever is not `true` gives nothing.
 *
 * @see AuthZEN Authorization API 1.0 section 5.5
 */
export type Decision = Permit | Refusal;

/** The subject may. */
export interface Permit {
  readonly decision: true;
  readonly context: {
    readonly outcome: 'permit';
    readonly rule: Rule;
    /** The share that the permit rests on; when that goes, the permit goes. */
    readonly shareId: string;
    /** When the permit ends by itself, in milliseconds. */
    readonly untilMs: number | undefined;
  };
}

/** The subject may not, or not yet. */
export interface Refusal {
  readonly decision: false;
  readonly context:
    /** It depends on claims that nobody has given yet. */
    | {
        readonly outcome: 'need-claims';
        readonly rule: Rule;
        readonly claims: readonly ClaimRequirement[];
        /** The shares whose conditions these are. */
        readonly shareIds: readonly string[];
      }
    /** The owner can be asked. */
    | { readonly outcome: 'need-owner'; readonly rule: Rule }
    | { readonly outcome: 'deny'; readonly rule: Rule };
}

/** Denies, by a rule. */
export function deny(rule: Rule): Refusal {
  return { decision: false, context: { outcome: 'deny', rule } };
}
