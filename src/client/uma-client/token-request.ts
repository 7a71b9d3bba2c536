import type { Secret } from '../../common/secret.js';
import { UMA_TICKET_GRANT_TYPE } from '../../uma/protocol/constants.js';

/** A claim token about the requesting party, in the spelling of its format that the authorization server knows. */
export interface ClaimToken {
  readonly token: Secret;
  readonly format: string;
}

/** What is asked of the token endpoint. */
export interface TokenRequest {
  /** The most recent permission ticket of the authorization process. */
  readonly ticket: string;
  /** Identifier of the resource server that the RPT is for. */
  readonly resource: string;
  readonly claimToken?: ClaimToken;
  /** Stands for what this authorization server knows about the person from before. */
  readonly pct?: Secret;
  /** An RPT of the same person, whose permissions the new one may take in. */
  readonly rpt?: Secret;
}

/** The form that redeems a permission ticket. @see UMA 2.0 Grant section 3.3.1, RFC 8707 section 2 */
export function tokenRequestForm({ ticket, resource, claimToken, pct, rpt }: TokenRequest): string {
  const form = new URLSearchParams({ grant_type: UMA_TICKET_GRANT_TYPE, ticket, resource });
  if (claimToken !== undefined) {
    form.set('claim_token', claimToken.token.reveal());
    form.set('claim_token_format', claimToken.format);
  }
  if (pct !== undefined) form.set('pct', pct.reveal());
  if (rpt !== undefined) form.set('rpt', rpt.reveal());
  return form.toString();
}

/** The form that spends a refresh token. @see UMA 2.0 Grant section 3.6, RFC 6749 section 6 */
export function refreshForm(refreshToken: Secret): string {
  return new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken.reveal() }).toString();
}

/** Kinds of tokens as a revocation endpoint is told them. @see RFC 7009 section 2.1, UMA 2.0 Grant section 3.7 (`pct`) */
export type TokenTypeHint = 'access_token' | 'refresh_token' | 'pct';

/** The form that revokes a token. @see UMA 2.0 Grant section 3.7 */
export function revocationForm(token: Secret, hint: TokenTypeHint): string {
  return new URLSearchParams({ token: token.reveal(), token_type_hint: hint }).toString();
}
