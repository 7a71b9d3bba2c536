import {
  canCome,
  type Claim,
  type ClaimRequirement,
  EMAIL_CLAIM,
  normalizedEmail,
  PURPOSE_CLAIM,
  type RequiredClaim,
  SUBJECT_CLAIM,
} from './claims.js';
import { ANY_ACCESS, type Evaluation } from './decision.js';
import { isSamePerson, type RequestingParty } from './person.js';
import { type Grantee, isInForce, type Share } from './share.js';

/** How a share answers a question: it gives, it might once some claims are known, or it has nothing to do with it. */
export type Fit = 'gives' | 'gives-nothing' | { readonly missing: readonly ClaimRequirement[] };

/** Who says what about people. */
export interface ClaimSources {
  /** This authorization server. */
  readonly issuer: string;
  /** Issuers that are believed about e-mail addresses. */
  readonly emailIssuers: readonly string[];
}

/** Compares a share with a question about a person who is identified. */
export function fitOf(
  share: Share,
  subject: RequestingParty,
  { action, resource, context }: Evaluation,
  { issuer, emailIssuers }: ClaimSources,
): Fit {
  const covers = action.name === ANY_ACCESS || share.scopes.includes(action.name);
  if (!covers || !isOf(share, resource) || !isInForce(share, context.atMs)) return 'gives-nothing';
  if (share.clients?.includes(context.clientId) === false) return 'gives-nothing';
  const fits = [...granteeFits(share.grantee, subject, emailIssuers), purposeFit(share, subject)];
  const canBeMet = (fit: Fit): boolean =>
    typeof fit !== 'object' || fit.missing.every((claim) => canCome(claim, issuer, context.claimIssuers));
  // What cannot be met would keep the owner from being asked.
  return allOf(fits.map((fit) => (canBeMet(fit) ? fit : 'gives-nothing')));
}

function isOf({ ownerId, target }: Share, resource: Evaluation['resource']): boolean {
  if ('resourceId' in target) return target.resourceId === resource.id;
  return ownerId === resource.ownerId && target.resourceType === resource.type;
}

function granteeFits(grantee: Grantee, subject: RequestingParty, emailIssuers: readonly string[]): readonly Fit[] {
  switch (grantee.kind) {
    case 'person':
      return [isSamePerson(grantee.person, subject.person) ? 'gives' : 'gives-nothing'];
    case 'email': {
      const isWanted = ({ value }: Claim): boolean => normalizedEmail(String(value)) === grantee.email;
      return [claimFit(subject, { name: EMAIL_CLAIM, issuers: emailIssuers }, isWanted)];
    }
    case 'claims':
      // An empty requirement is met by nobody. @see UMA 2.0 Grant section 5.6
      if (grantee.claims.length === 0) return ['gives-nothing'];
      return grantee.claims.map((claim) => requiredFit(claim, subject));
  }
}

/** Who somebody is need not be asked: they are identified. */
function requiredFit({ name, value, issuer }: RequiredClaim, subject: RequestingParty): Fit {
  if (name === SUBJECT_CLAIM) {
    return isSamePerson(subject.person, { issuer, subject: String(value) }) ? 'gives' : 'gives-nothing';
  }
  return claimFit(subject, { name, issuers: [issuer] }, (claim) => claim.value === value);
}

function purposeFit({ purposes }: Share, subject: RequestingParty): Fit {
  if (purposes === undefined) return 'gives';
  const requirement = { name: PURPOSE_CLAIM, issuers: [] };
  return claimFit(subject, requirement, ({ value }) => purposes.includes(String(value)));
}

/** A claim that says something else will not be asked for again: the answer is there. */
function claimFit(
  { claims }: RequestingParty,
  requirement: ClaimRequirement,
  isWanted: (claim: Claim) => boolean,
): Fit {
  const { name, issuers } = requirement;
  const known = claims.filter(
    (claim) => claim.name === name && (issuers.length === 0 || issuers.includes(claim.issuer)),
  );
  if (known.length === 0) return { missing: [requirement] };
  return known.some(isWanted) ? 'gives' : 'gives-nothing';
}

function allOf(fits: readonly Fit[]): Fit {
  if (fits.includes('gives-nothing')) return 'gives-nothing';
  const missing = fits.flatMap((fit) => (typeof fit === 'object' ? fit.missing : []));
  return missing.length === 0 ? 'gives' : { missing };
}
