import { ID_TOKEN_CLAIM_FORMAT, ID_TOKEN_CLAIM_FORMATS } from '../../uma/protocol/constants.js';
import type { GrantOutcome, RequiredClaim } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer } from './discovery.js';
import type { TokenEndpoint } from './token-endpoint.js';
import type { ClaimToken, TokenRequest } from './token-request.js';
import type { RequestingParty } from './uma-client-options.js';

/**
 * Redeems a permission ticket and tells the authorization server who the requesting party is. The server that issued the
 * ID token gets it at once; any other one only when it asks for it, so that nobody learns about a person in passing.
 *
 * @see UMA 2.0 Grant sections 3.3.1, 3.3.6 (`need_info`) and 5.7
 */
export async function redeemFor(
  party: RequestingParty,
  tokens: TokenEndpoint,
  server: AuthorizationServer,
  request: TokenRequest,
): Promise<GrantOutcome> {
  const known = server.issuer === party.issuer ? await claimTokenOf(party, ID_TOKEN_CLAIM_FORMAT) : undefined;
  const outcome = await tokens.redeem(server, withClaim(request, known));
  if (known !== undefined || outcome.kind !== 'need-info') return outcome;
  const asked = await claimTokenOf(party, formatAskedFor(outcome.requiredClaims, party.issuer));
  if (asked === undefined) return outcome;
  return tokens.redeem(server, withClaim({ ...request, ticket: outcome.ticket }, asked));
}

/**
 * The format in which an ID token of an issuer is asked for, as the authorization server spells it.
 *
 * @returns `undefined` when no claim can be met by such an ID token
 * @see UMA 2.0 Grant section 3.3.6 (`required_claims`)
 */
export function formatAskedFor(claims: readonly RequiredClaim[], issuer: string): string | undefined {
  return claims
    .filter((claim) => claim.issuer.length === 0 || claim.issuer.includes(issuer))
    .flatMap((claim) => claim.claimTokenFormat)
    .find((format) => ID_TOKEN_CLAIM_FORMATS.includes(format));
}

async function claimTokenOf(party: RequestingParty, format: string | undefined): Promise<ClaimToken | undefined> {
  const token = format === undefined ? undefined : await party.idToken();
  return token === undefined || format === undefined ? undefined : { token, format };
}

function withClaim(request: TokenRequest, claimToken: ClaimToken | undefined): TokenRequest {
  return claimToken === undefined ? request : { ...request, claimToken };
}
