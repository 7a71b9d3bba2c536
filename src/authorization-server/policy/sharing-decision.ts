import { type ClaimRequirement, SUBJECT_CLAIM } from './claims.js';
import { type Decision, deny, type Evaluation } from './decision.js';
import type { RequestingParty } from './person.js';
import { type ClaimSources, fitOf } from './share-fit.js';
import type { Share } from './share.js';

/** What an owner has decided that bears on a question. */
export interface SharingFacts extends ClaimSources {
  /** Every share of the resource, or of its type, that may be with the subject; others do no harm. */
  readonly shares: readonly Share[];
  /** Whose account here is suspended, the owner's before the subject's; nobody's as a rule. */
  readonly suspended: 'owner' | 'requesting-party' | undefined;
  /** When the subject's account here was last resumed after a suspension, in milliseconds. */
  readonly resumedMs: number | undefined;
  /** Id of the block, when the owner has blocked the subject. */
  readonly blockId: string | undefined;
  /** Whether the owner has paused all sharing. */
  readonly paused: boolean;
  /** Whether people may ask the owner for what is not shared with them. */
  readonly acceptsRequests: boolean;
  /** Scopes of the resource that the subject asked for and was refused a short while ago. */
  readonly refusedScopes: readonly string[];
}

/**
 * Decides by what the owner has decided: a permit takes a share in force whose conditions are all met; what no share
 * covers is denied, or left to the owner who wants to be asked. While the person is unknown the answer is to ask, whether
 * or not anything is shared: another answer would tell a stranger that the owner shares nothing.
 *
 * @see UMA 2.0 Grant sections 3.3.4 and 5.6 (no default permit)
 */
export function decideBySharing(evaluation: Evaluation, facts: SharingFacts): Decision {
  const { subject, action } = evaluation;
  if (subject === undefined) return needClaims([{ name: SUBJECT_CLAIM, issuers: [] }]);
  if (facts.suspended !== undefined) return deny({ kind: `${facts.suspended}-suspended` });
  if (isOutdated(subject, facts)) return needClaims([{ name: SUBJECT_CLAIM, issuers: [] }]);
  if (facts.blockId !== undefined) return deny({ kind: 'blocked-person', id: facts.blockId });
  if (facts.paused) return deny({ kind: 'sharing-paused' });
  const byShares = decideByShares(evaluation, subject, facts);
  if (byShares !== undefined) return byShares;
  if (facts.refusedScopes.includes(action.name)) return deny({ kind: 'refused-access-request' });
  if (!facts.acceptsRequests) return deny({ kind: 'no-share' });
  return { decision: false, context: { outcome: 'need-owner', rule: { kind: 'access-requests' } } };
}

/** What somebody proved before they were suspended does not count once they are resumed; tokens tell time in seconds. */
function isOutdated({ identifiedMs = Infinity }: RequestingParty, { resumedMs = 0 }: SharingFacts): boolean {
  return identifiedMs < Math.floor(resumedMs / 1000) * 1000;
}

/** @returns `undefined` when no share has to do with it */
function decideByShares(evaluation: Evaluation, subject: RequestingParty, facts: SharingFacts): Decision | undefined {
  const fits = facts.shares.map((share) => ({ share, fit: fitOf(share, subject, evaluation, facts) }));
  const giving = fits.filter(({ fit }) => fit === 'gives').map(({ share }) => share);
  const lasting = giving.reduce<Share | undefined>((one, other) => (one && lasts(one, other) ? one : other), undefined);
  if (lasting !== undefined) return permit(lasting);
  const waiting = fits.flatMap(({ share, fit }) => (typeof fit === 'object' ? [{ share, missing: fit.missing }] : []));
  if (waiting.length === 0) return undefined;
  return needClaims(
    waiting.flatMap(({ missing }) => missing),
    waiting.map(({ share }) => share.id),
  );
}

function lasts({ expiresMs: one }: Share, { expiresMs: other }: Share): boolean {
  return (one ?? Infinity) >= (other ?? Infinity);
}

function permit({ id, expiresMs }: Share): Decision {
  return {
    decision: true,
    context: { outcome: 'permit', rule: { kind: 'share', id }, shareId: id, untilMs: expiresMs },
  };
}

function needClaims(claims: readonly ClaimRequirement[], shareIds: readonly string[] = []): Decision {
  const [id] = shareIds;
  const rule = id === undefined ? ({ kind: 'unknown-requesting-party' } as const) : ({ kind: 'share', id } as const);
  return { decision: false, context: { outcome: 'need-claims', rule, claims, shareIds } };
}
