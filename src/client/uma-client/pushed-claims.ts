import { ID_TOKEN_CLAIM_FORMATS } from '../../uma/protocol/constants.js';
import type { GrantOutcome, RequiredClaim } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer } from './discovery.js';
import type { TokenEndpoint } from './token-endpoint.js';
import type { ClaimToken, TokenRequest } from './token-request.js';
import type { ClaimTokenSource, RequestingParty } from './uma-client-options.js';

/** What came of redeeming a ticket. */
export interface Redeemed {
  readonly outcome: GrantOutcome;
  /** Which claim tokens the process has seen. */
  readonly pushed: readonly string[];
}

/** Who is told about the requesting party. */
export interface Recipient {
  readonly server: AuthorizationServer;
  readonly tokens: TokenEndpoint;
  /** How the server spells the format of an ID token, the spelling to use unasked first. */
  readonly formats: readonly string[];
}

interface Push {
  readonly source: ClaimTokenSource;
  readonly claimToken: ClaimToken;
}

// Each claim token is pushed once, so that a server which never has enough ends here.
const MAX_CALLS = 5;

/**
 * Redeems a permission ticket and tells the authorization server who the requesting party is. The server that issued the
 * ID token gets it at once; any other one only when it asks for it, so that nobody learns about a person in passing. What
 * else it asks for is pushed claim by claim, each with the newest ticket.
 *
 * @param pushed claim tokens that this process has seen
 * @see UMA 2.0 Grant sections 3.3.1, 3.3.6 (`need_info`) and 5.7
 */
export async function redeemFor(
  party: RequestingParty,
  { server, tokens, formats }: Recipient,
  request: TokenRequest,
  pushed: readonly string[],
): Promise<Redeemed> {
  const sources = sourcesOf(party);
  const seen = [...pushed];
  let push = seen.length === 0 && server.issuer === party.issuer ? await unasked(party, formats[0]) : undefined;
  let { ticket } = request;
  for (let call = 1; ; call++) {
    const outcome = await tokens.redeem(server, { ...request, ticket, ...(push && { claimToken: push.claimToken }) });
    if (push !== undefined) seen.push(nameOf(push.source));
    if (outcome.kind !== 'need-info' || call === MAX_CALLS) return { outcome, pushed: seen };
    const left = sources.filter((source) => !seen.includes(nameOf(source)));
    push = await askedFor(outcome.requiredClaims, left);
    if (push === undefined) return { outcome, pushed: seen };
    ({ ticket } = outcome);
  }
}

/** The first claim token that meets a required claim: one of its formats and, where it names any, one of its issuers. */
async function askedFor(
  claims: readonly RequiredClaim[],
  sources: readonly ClaimTokenSource[],
): Promise<Push | undefined> {
  for (const source of sources) {
    const fitting = claims.filter(({ issuer }) => issuer.length === 0 || issuer.includes(source.issuer));
    const format = source.formats.find((one) => fitting.some(({ claimTokenFormat }) => claimTokenFormat.includes(one)));
    const push = await pushOf(source, format);
    if (push !== undefined) return push;
  }
  return undefined;
}

const sourcesOf = (party: RequestingParty): readonly ClaimTokenSource[] => [
  idTokenOf(party),
  ...(party.claimTokens ?? []),
];

const idTokenOf = (party: RequestingParty): ClaimTokenSource => ({
  issuer: party.issuer,
  formats: ID_TOKEN_CLAIM_FORMATS,
  token: () => party.idToken(),
});

function unasked(party: RequestingParty, format: string | undefined): Promise<Push | undefined> {
  return pushOf(idTokenOf(party), format);
}

/** @param format as the authorization server spells it */
async function pushOf(source: ClaimTokenSource, format: string | undefined): Promise<Push | undefined> {
  const token = format === undefined ? undefined : await source.token();
  return format === undefined || token === undefined ? undefined : { source, claimToken: { token, format } };
}

const nameOf = ({ formats, issuer }: ClaimTokenSource): string => `${formats[0] ?? ''} ${issuer}`;
