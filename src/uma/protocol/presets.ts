import type { PresetName } from '../../common/preset-names.js';
import {
  type AuthorizationServerProfile,
  type DiscoveryProfile,
  STANDARD_PROFILE,
} from './authorization-server-profile.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_DISCOVERY_PATH } from './constants.js';

const { discovery, pat, registration, introspection } = STANDARD_PROFILE;

/** `typ` of a signed token that says no more than what every such token is. */
const JWT = 'jwt';

/** Keycloak, as of 26.7. Its tickets are signed and may come again; an owner's access token is her PAT. */
const KEYCLOAK: AuthorizationServerProfile = {
  discovery: {
    ...discovery,
    issuerForm: { pattern: /\/realms\/[^/]+$/, example: 'https://keycloak.example/realms/heart' },
    // So it was called up to Keycloak 18.
    otherNames: { introspection_endpoint: 'token_introspection_endpoint' },
  },
  pat: { ...pat, scope: null, refusals: [{ status: 403, code: 'invalid_bearer_token' }] },
  registration: {
    ...registration,
    members: ['name', 'type', 'icon_uri', 'resource_scopes', 'uris', 'attributes', 'displayName'],
    // Without it the owner could not share what is hers.
    additions: { ownerManagedAccess: true },
    policyUri: (issuer) => `${issuer}/account/resources`,
  },
  permissionBody: 'array',
  introspection: { ...introspection, auth: 'client', hint: 'requesting_party_token' },
  tokens: { audience: 'client-id', types: [JWT] },
  claimFormats: [ID_TOKEN_CLAIM_FORMAT],
  ticketRotation: 'lenient',
};

/** Gluu Server 3.1 (oxAuth). `aud` of its tokens is the client that they were issued to. */
const GLUU3: AuthorizationServerProfile = {
  ...STANDARD_PROFILE,
  tokens: { audience: 'nothing', types: [JWT] },
  claimFormats: [ID_TOKEN_CLAIM_FORMAT],
};

/** Janssen, and Gluu from 4 on: the same program, at other paths that its metadata tell. */
const JANSSEN: AuthorizationServerProfile = GLUU3;

const PINGAM_ISSUER = /^(.+)\/oauth2(?:\/realms\/root((?:\/realms\/[^/]+)*)|((?:\/[^/]+)*))$/;

/** The two ways in which PingAM writes the realm of an issuer, the one of its endpoints first. */
function pingAmRealm(issuer: string): { readonly base: string; readonly long: string; readonly short: string } {
  const [, base = issuer, long = '', short = ''] = PINGAM_ISSUER.exec(issuer) ?? [];
  const realms = [...long.split('/realms/'), ...short.split('/')].filter((realm) => realm !== '');
  return {
    base,
    long: ['/realms/root', ...realms.map((realm) => `/realms/${realm}`)].join(''),
    short: realms.map((realm) => `/${realm}`).join(''),
  };
}

/**
 * PingAM 8.1, before that ForgeRock AM and OpenAM, below whatever path (`/am`, `/openam`). Its UMA metadata are beside its
 * issuer and not below it, and name the issuer with the realm in either way.
 */
const PINGAM: AuthorizationServerProfile = {
  ...STANDARD_PROFILE,
  discovery: {
    ...discovery,
    issuerForm: { pattern: PINGAM_ISSUER, example: 'https://am.example/am/oauth2/realms/root/realms/alpha' },
    urls: (issuer) => {
      const { base, long } = pingAmRealm(issuer);
      return [`${base}/uma${long}${UMA_DISCOVERY_PATH}`];
    },
    issuers: (issuer) => {
      const { base, long, short } = pingAmRealm(issuer);
      return [issuer, `${base}/oauth2${long}`, `${base}/oauth2${short}`];
    },
  },
  pat: { ...pat, offlineScope: null },
  registration: { ...registration, listQuery: '?_queryId=*' },
  tokens: { audience: 'nothing', types: [JWT] },
  claimFormats: [ID_TOKEN_CLAIM_FORMAT],
  ticketRotation: 'lenient',
};

const WSO2_ISSUER_END = '/oauth2/token';

function wso2Endpoints(issuer: string): Readonly<Record<string, string>> {
  const base = issuer.slice(0, -WSO2_ISSUER_END.length);
  const uma = `${base}/api/identity/oauth2/uma`;
  return {
    token_endpoint: issuer,
    introspection_endpoint: `${base}/oauth2/introspect`,
    resource_registration_endpoint: `${uma}/resourceregistration/v1.0/resource`,
    permission_endpoint: `${uma}/permission/v1.0/permission`,
    jwks_uri: `${base}/oauth2/jwks`,
  };
}

/** WSO2 Identity Server. It publishes no UMA metadata; a resource that is not there it calls unauthorized. */
const WSO2: AuthorizationServerProfile = {
  ...STANDARD_PROFILE,
  discovery: {
    ...discovery,
    issuerForm: { pattern: /.\/oauth2\/token$/, example: 'https://is.example:9443/oauth2/token' },
    urls: () => [],
    endpoints: wso2Endpoints,
  },
  pat: { ...pat, offlineScope: null },
  registration: { ...registration, missing: [{ status: 401, code: 'Unauthorized' }] },
  permissionBody: 'array',
  tokens: { audience: 'nothing', types: [JWT, 'at+jwt'] },
  claimFormats: [ID_TOKEN_CLAIM_FORMAT],
  ticketRotation: 'lenient',
};

const GRAVITEE_ISSUER_END = /\/oidc$/;

const graviteeDiscovery: DiscoveryProfile = {
  ...discovery,
  issuerForm: { pattern: GRAVITEE_ISSUER_END, example: 'https://am.example/heart/oidc' },
  urls: (issuer) => [`${issuer.replace(GRAVITEE_ISSUER_END, '/uma')}${UMA_DISCOVERY_PATH}`],
};

/** Gravitee Access Management. Its UMA metadata are beside its issuer; `need_info` gives the same ticket again. */
const GRAVITEE: AuthorizationServerProfile = {
  ...STANDARD_PROFILE,
  discovery: graviteeDiscovery,
  pat: { ...pat, offlineScope: null },
  registration: { ...registration, otherNames: { icon_uri: 'iconUri' } },
  tokens: { audience: 'nothing', types: [JWT] },
  claimFormats: ['urn:ietf:params:oauth:token-type:id_token'],
  ticketRotation: 'lenient',
};

/**
 * SolidLab's `user-managed-access`. Nobody signs in there: each owner has a client for each resource server. What anybody
 * may have already gets no ticket.
 */
const SOLIDLAB: AuthorizationServerProfile = {
  ...STANDARD_PROFILE,
  pat: { ...pat, grant: 'client_credentials', offlineScope: null },
  registration: { ...registration, nameIsId: true },
  permissionBody: 'array',
  introspection: { ...introspection, inactive: [{ status: 400 }] },
  tokens: { audience: 'nothing', types: [JWT, ''] },
};

/** What is known of some authorization servers, by name. */
export const PRESETS: Readonly<Record<PresetName, AuthorizationServerProfile>> = {
  standard: STANDARD_PROFILE,
  keycloak: KEYCLOAK,
  gluu3: GLUU3,
  janssen: JANSSEN,
  pingam: PINGAM,
  forgerock: PINGAM,
  wso2: WSO2,
  gravitee: GRAVITEE,
  solidlab: SOLIDLAB,
};
