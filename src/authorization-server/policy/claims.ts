/** What a claim says. */
export type ClaimValue = string | number | boolean;

/** One statement about a person, and who makes it. A person has several claims of a name that has several values. */
export interface Claim {
  readonly name: string;
  readonly value: ClaimValue;
  readonly issuer: string;
}

/** A claim that is asked for; what it has to say is never told. */
export interface ClaimRequirement {
  readonly name: string;
  /** Issuers of which any will do; none named: whichever issuer identifies the person. */
  readonly issuers: readonly string[];
}

/** A claim that somebody must have to be meant by a share. */
export interface RequiredClaim {
  readonly name: string;
  readonly value: ClaimValue;
  readonly issuer: string;
}

/** Name of the claim with a person's e-mail address; only a verified one becomes a claim. */
export const EMAIL_CLAIM = 'email';

/** Name of the claim with what a person wants data for. @see HL7 value set PurposeOfUse */
export const PURPOSE_CLAIM = 'purpose_of_use';

/** Name of the claim with how strongly a person was authenticated. @see OpenID Connect Core 1.0 section 2 */
export const ACR_CLAIM = 'acr';

/** Name of the claim that only says who somebody is. */
export const SUBJECT_CLAIM = 'sub';

/** What this server can say about people, beside who they are. */
const OWN_CLAIMS: ReadonlySet<string> = new Set(['name', EMAIL_CLAIM, PURPOSE_CLAIM, ACR_CLAIM]);

/** Whether this server can say anything of a claim. */
export function isOwnClaim(name: string): boolean {
  return name === SUBJECT_CLAIM || OWN_CLAIMS.has(name);
}

/**
 * Whether a claim may come from somewhere. To ask for one that cannot would lead nowhere, again and again.
 *
 * @param issuer this authorization server
 * @param claimIssuers issuers of which the client can bring claims; `undefined`: any
 */
export function canCome(
  { name, issuers }: ClaimRequirement,
  issuer: string,
  claimIssuers: readonly string[] | undefined,
): boolean {
  if (issuers.length === 0) return true;
  return issuers.some((one) => (one !== issuer || isOwnClaim(name)) && claimIssuers?.includes(one) !== false);
}

/**
 * How e-mail addresses are compared: in lower case, but for ASCII letters alone. Other characters become an ASCII letter
 * by that (the Kelvin sign a "k"), and the address of somebody else.
 */
export function normalizedEmail(address: string): string {
  return address.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
