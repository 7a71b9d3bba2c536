import type { Configuration } from 'oidc-provider';

import { ENDPOINTS, umaMetadata } from '../../endpoints.js';
import type { Accounts } from '../accounts/accounts.js';
import { checkClientMetadata, UMA_CLIENT_METADATA } from '../clients/client-metadata.js';
import { sharingConsole } from '../clients/sharing-console.js';
import { deviceFlow } from '../device/device-flow.js';
import { claimsOf } from './claims.js';
import { basePathOf, type ClientSeed, type OidcOptions } from '../oidc.options.js';
import type { SigningKeys } from '../keys/signing-keys.js';
import { PROVIDER_SCOPES } from '../scopes.js';
import { PayloadAdapter, type PayloadStore } from '../storage/payload-adapter.js';
import { RefreshTokenAdapter } from '../storage/refresh-token-adapter.js';
import { errorPage, signedOutPage, signOutPage } from './pages.js';
import { loadGrant } from './first-party-grant.js';
import { interactionRules } from './interaction-rules.js';
import { LIFETIMES } from './lifetimes.js';
import { lastsBeyondSession, mayBeRenewed } from './offline-access.js';

/** Cookie of whoever is signed in here. */
export const SESSION_COOKIE = 'pulsegate_as_session';

/** What the provider is built from. */
export interface ProviderParts {
  readonly options: OidcOptions;
  readonly store: PayloadStore;
  readonly keys: SigningKeys;
  readonly accounts: Accounts;
}

/** The whole configuration of the OpenID provider: nothing in it is left to a default that matters. */
export function providerConfiguration({ options, store, keys, accounts }: ProviderParts): Configuration {
  const { issuer } = options;
  return {
    adapter: (kind) => (kind === 'RefreshToken' ? new RefreshTokenAdapter(store) : new PayloadAdapter(kind, store)),
    clients: [sharingConsole(issuer), ...options.clients.map(revealed)],
    jwks: keys.privateJwks(),
    cookies: cookies(issuer, keys),
    routes: routes(),
    features: features(options),
    discovery: umaMetadata(issuer),
    scopes: [...PROVIDER_SCOPES],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    // An ID token is pushed to other servers as proof of who somebody is, so it says so itself.
    conformIdTokenClaims: false,
    findAccount: async (_ctx, id) => claimsOf(await accounts.find(id)),
    subjectTypes: ['public'],
    responseTypes: ['code', 'none'],
    pkce: { required: () => true },
    ttl: LIFETIMES,
    issueRefreshToken: (_ctx, client, source) => Promise.resolve(mayBeRenewed(client, source)),
    rotateRefreshToken: true,
    expiresWithSession: (_ctx, source) => Promise.resolve(!lastsBeyondSession(source)),
    loadExistingGrant: loadGrant,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    extraClientMetadata: {
      properties: [...UMA_CLIENT_METADATA],
      validator: (_ctx, member, value, metadata) => {
        checkClientMetadata(member, value, metadata, options);
      },
    },
    interactions: {
      policy: interactionRules(),
      url: (_ctx, { uid }) => Promise.resolve(`${basePathOf(issuer)}${ENDPOINTS.interaction}/${uid}`),
    },
    renderError: errorPage(issuer),
  };
}

function features({ issuer, registrationToken }: OidcOptions): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    deviceFlow: deviceFlow(issuer),
    resourceIndicators: { enabled: false },
    clientCredentials: { enabled: true },
    // Introspection is an endpoint of ours: it answers in the words of UMA.
    introspection: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => Promise.resolve(token.clientId === client.clientId),
    },
    registration:
      registrationToken === undefined
        ? { enabled: false }
        : { enabled: true, initialAccessToken: registrationToken.reveal() },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: signOutPage(issuer),
      postLogoutSuccessSource: signedOutPage(issuer),
    },
  };
}

/** Servers on one host see each other's cookies, so the names are this server's own. */
function cookies(issuer: string, keys: SigningKeys): NonNullable<Configuration['cookies']> {
  const common = { signed: true, httpOnly: true, sameSite: 'lax', secure: issuer.startsWith('https:') } as const;
  return {
    names: { session: SESSION_COOKIE, interaction: 'pulsegate_as_interaction', resume: 'pulsegate_as_resume' },
    long: { ...common, path: basePathOf(issuer) || '/' },
    short: common,
    keys: [keys.cookieKey],
  };
}

function routes(): NonNullable<Configuration['routes']> {
  const { authorization, token, userinfo, revocation, registration, jwks, endSession } = ENDPOINTS;
  return {
    ...{ authorization, token, userinfo, revocation, registration, jwks, end_session: endSession },
    pushed_authorization_request: ENDPOINTS.pushedAuthorization,
    device_authorization: ENDPOINTS.deviceAuthorization,
    code_verification: ENDPOINTS.device,
  };
}

function revealed({ client_secret, ...metadata }: ClientSeed) {
  return client_secret === undefined ? metadata : { ...metadata, client_secret: client_secret.reveal() };
}
