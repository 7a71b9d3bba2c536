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
}

/** The form that redeems a permission ticket. @see UMA 2.0 Grant section 3.3.1, RFC 8707 section 2 */
export function tokenRequestForm({ ticket, resource, claimToken }: TokenRequest): string {
  const form = new URLSearchParams({ grant_type: UMA_TICKET_GRANT_TYPE, ticket, resource });
  if (claimToken !== undefined) {
    form.set('claim_token', claimToken.token.reveal());
    form.set('claim_token_format', claimToken.format);
  }
  return form.toString();
}

export { basicAuthorization } from '../../uma/protocol/basic-authorization.js';
