import { PROFILE_PATH } from '../uma/protocol/constants.js';

/** Where each endpoint of the authorization server is, below its issuer. */
export const ENDPOINTS = {
  authorization: '/authorize',
  pushedAuthorization: '/par',
  deviceAuthorization: '/device-authorization',
  device: '/device',
  token: '/token',
  userinfo: '/userinfo',
  introspection: '/introspect',
  revocation: '/revoke',
  registration: '/register',
  jwks: '/jwks',
  endSession: '/logout',
  resourceRegistration: '/uma/resources',
  permission: '/uma/permission',
  claimsInteraction: '/uma/claims',
  profile: PROFILE_PATH,
  scopes: '/uma/scopes',
  interaction: '/interaction',
  account: '/account',
  administration: '/admin',
  streams: '/ssf/streams',
  streamReceivers: '/ssf/receivers',
  streamStatus: '/ssf/status',
  streamVerification: '/ssf/verification',
} as const;

/** Members of the metadata document that UMA adds to those of OAuth. @see UMA 2.0 Federated Authorization section 2 */
export function umaMetadata(issuer: string): Readonly<Record<string, unknown>> {
  return {
    introspection_endpoint: `${issuer}${ENDPOINTS.introspection}`,
    claims_interaction_endpoint: `${issuer}${ENDPOINTS.claimsInteraction}`,
    permission_endpoint: `${issuer}${ENDPOINTS.permission}`,
    resource_registration_endpoint: `${issuer}${ENDPOINTS.resourceRegistration}`,
    uma_profiles_supported: [`${issuer}${ENDPOINTS.profile}`],
    scopes_endpoint: `${issuer}${ENDPOINTS.scopes}`,
  };
}
