import { Secret } from '../../common/secret.js';
import { PROFILE_PATH } from '../../uma/protocol/constants.js';
import { isSecureUrl } from '../../uma/protocol/discovery.js';
import type { GrantOutcome } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer } from './discovery.js';
import type { Asking, NeedInfo, Submitted, UmaAnswer } from './uma-answer.js';

/** An outcome of the token endpoint after which there is no RPT. */
export type Failure = Exclude<GrantOutcome, { kind: 'granted' | 'stale-ticket' }>;

/**
 * What the caller learns when the authorization server issues no RPT.
 *
 * @param pushed claim tokens that the process has seen
 * @see UMA 2.0 Grant section 3.3.6
 */
export function grantFailure(
  outcome: Failure,
  server: AuthorizationServer,
  pushed: readonly string[],
): Exclude<UmaAnswer, { kind: 'answered' }> {
  const authorizationServer = server.issuer;
  switch (outcome.kind) {
    case 'denied':
      return { kind: 'denied', authorizationServer, ...asking(server) };
    case 'refused':
      return { kind: 'refused', authorizationServer, error: outcome.error };
    case 'submitted':
      return submitted(outcome, server, pushed);
    case 'need-info':
      return needInfo(outcome, server, pushed);
  }
}

function submitted(
  { ticket, intervalSeconds }: Extract<Failure, { kind: 'submitted' }>,
  server: AuthorizationServer,
  pushed: readonly string[],
): Submitted {
  return {
    kind: 'submitted',
    authorizationServer: server.issuer,
    pushed,
    ...asking(server),
    ...(ticket === undefined ? {} : { ticket: new Secret(ticket) }),
    ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
  };
}

/** A server that says that it answers as ours does puts all that a person asks for into one request. */
function asking({ issuer, uma_profiles_supported: profiles }: AuthorizationServer): Asking {
  return Array.isArray(profiles) && profiles.includes(`${issuer}${PROFILE_PATH}`) ? { asksOnce: true } : {};
}

function needInfo(
  outcome: Extract<Failure, { kind: 'need-info' }>,
  server: AuthorizationServer,
  pushed: readonly string[],
): NeedInfo {
  const redirectUser = [outcome.redirectUser, server['claims_interaction_endpoint']].find((url) =>
    isWebAddress(url, server),
  );
  return {
    kind: 'need-info',
    authorizationServer: server.issuer,
    ticket: new Secret(outcome.ticket),
    pushed,
    claims: outcome.requiredClaims,
    returnsIssuer: server['authorization_response_iss_parameter_supported'] === true,
    ...(redirectUser === undefined ? {} : { redirectUser }),
  };
}

// A browser is sent there with a ticket: neither a script nor an open line will do. The host of the token endpoint was
// found good before.
function isWebAddress(url: unknown, server: AuthorizationServer): url is string {
  return typeof url === 'string' && isSecureUrl(url, [new URL(server.token_endpoint).hostname]);
}
