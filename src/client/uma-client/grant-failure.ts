import { Secret } from '../../common/secret.js';
import { isSecureUrl } from '../../uma/protocol/discovery.js';
import type { GrantOutcome } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer } from './discovery.js';
import type { UmaAnswer } from './uma-answer.js';

/** An outcome of the token endpoint after which there is no RPT. */
export type Failure = Exclude<GrantOutcome, { kind: 'granted' | 'stale-ticket' }>;

/** What the caller learns when the authorization server issues no RPT. @see UMA 2.0 Grant section 3.3.6 */
export function grantFailure(outcome: Failure, server: AuthorizationServer): UmaAnswer {
  const authorizationServer = server.issuer;
  switch (outcome.kind) {
    case 'denied':
      return { kind: 'denied', authorizationServer };
    case 'refused':
      return { kind: 'refused', authorizationServer, error: outcome.error };
    case 'submitted': {
      const { ticket, intervalSeconds } = outcome;
      return {
        kind: 'submitted',
        authorizationServer,
        ...(ticket === undefined ? {} : { ticket: new Secret(ticket) }),
        ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
      };
    }
    case 'need-info': {
      const redirectUser = [outcome.redirectUser, server['claims_interaction_endpoint']].find((url) =>
        isWebAddress(url, server),
      );
      return {
        kind: 'need-info',
        authorizationServer,
        ticket: new Secret(outcome.ticket),
        claims: outcome.requiredClaims,
        ...(redirectUser === undefined ? {} : { redirectUser }),
      };
    }
  }
}

// A page makes a link of it, and a ticket travels there: neither a script nor an open line will do. The host of the
// token endpoint was found good before.
function isWebAddress(url: unknown, server: AuthorizationServer): url is string {
  return typeof url === 'string' && isSecureUrl(url, [new URL(server.token_endpoint).hostname]);
}
