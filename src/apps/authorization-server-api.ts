import { AdministratorGuard } from '../authorization-server/admin/administrator.guard.js';
import { StreamGuard } from '../authorization-server/events/stream.guard.js';
import { OAuthGuard } from '../authorization-server/oauth-guard/oauth.guard.js';
import { PROVIDER_SCHEMES, providerApi } from '../authorization-server/oidc/api/provider-api.js';
import { SESSION_COOKIE } from '../authorization-server/oidc/provider/configuration.js';
import { OwnerGuard } from '../authorization-server/owner/owner.guard.js';
import { PatGuard } from '../authorization-server/uma/pat.guard.js';
import type { ApiDescription, Demand, DescribedGuard, SecuritySchemes } from '../bootstrap/api-description.js';
import { sessionSchemes, sessionWay } from './session-api.js';

const bearer = (description: string): SecuritySchemes[string] => ({ type: 'http', scheme: 'bearer', description });

const SCHEMES: SecuritySchemes = {
  ...sessionSchemes(SESSION_COOKIE, 'An owner who signed in for `/account`.'),
  pat: bearer(
    'A protection API access token (PAT): of an owner, for a resource server, with the scope `uma_protection`. The code ' +
      'flow gives it.',
  ),
  sharing: bearer('An access token of an owner with the scope `sharing`.'),
  administration: bearer('An access token of an administrator with the scope `administration`.'),
  reading: bearer('An access token with the scope `read`.'),
  streams: bearer('An access token of a resource server itself (client credentials) with the scope `ssf.manage`.'),
  ...PROVIDER_SCHEMES,
};

const REFUSED_TOKEN = {
  401: 'There is no access token, or one that is unknown, expired or revoked: `invalid_token`.',
  403: 'The access token lacks the scope: `insufficient_scope`.',
};

const GUARDS: readonly DescribedGuard[] = [
  { guard: PatGuard, demandOf: () => ({ ways: [['pat']], refusals: REFUSED_TOKEN }) },
  { guard: OAuthGuard, demandOf: () => ({ ways: [['reading']], refusals: REFUSED_TOKEN }) },
  { guard: StreamGuard, demandOf: () => ({ ways: [['streams']], refusals: REFUSED_TOKEN }) },
  { guard: OwnerGuard, demandOf: (changes) => personDemand(changes, 'sharing') },
  { guard: AdministratorGuard, demandOf: (changes) => personDemand(changes, 'administration') },
];

/** A person's session, or an access token of theirs. */
function personDemand(changes: boolean, scheme: 'sharing' | 'administration'): Demand {
  const mayNot = scheme === 'administration' ? ' The person is no administrator, `access_denied`.' : '';
  return {
    ways: [sessionWay(changes), [scheme]],
    refusals: {
      401: 'Nobody is signed in, `login_required`, or the access token is not good, `invalid_token`.',
      403:
        (changes ? 'The scope is missing, or with a session its CSRF token.' : 'The access token lacks the scope.') +
        mayNot,
    },
  };
}

/** The authorization server's API. @param registers whether clients can register by themselves */
export function authorizationServerApi(issuer: string, registers: boolean): ApiDescription {
  return {
    title: 'Pulsegate authorization server',
    server: issuer,
    securitySchemes: SCHEMES,
    guards: GUARDS,
    paths: providerApi(registers),
  };
}
