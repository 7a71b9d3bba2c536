/** `grant_type` of a token request that redeems a permission ticket. @see UMA 2.0 Grant section 3.3.1 */
export const UMA_TICKET_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:uma-ticket';

/** Scope of a protection API access token (PAT). @see UMA 2.0 Federated Authorization section 1.3 */
export const PAT_SCOPE = 'uma_protection';

/** What is appended to an issuer to find its UMA metadata. @see UMA 2.0 Grant section 2 */
export const UMA_DISCOVERY_PATH = '/.well-known/uma2-configuration';

/**
 * What is appended to the issuer of a server that answers as this project's does, for its entry in
 * `uma_profiles_supported`. @see UMA 2.0 Grant section 2
 */
export const PROFILE_PATH = '/uma/profile';

/** `claim_token_format` of a pushed OpenID Connect ID token, as this project sends it. */
export const ID_TOKEN_CLAIM_FORMAT = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';

/** Every spelling of {@link ID_TOKEN_CLAIM_FORMAT} that is understood; other servers use any of them. */
export const ID_TOKEN_CLAIM_FORMATS: readonly string[] = [
  ID_TOKEN_CLAIM_FORMAT,
  'https://openid.net/specs/openid-connect-core-1_0.html#IDToken',
  'urn:ietf:params:oauth:token-type:id_token',
];

/** `Warning` header of a resource server that can get no permission ticket. @see UMA 2.0 Grant section 3.2.2 */
export const AS_UNREACHABLE_WARNING = '199 - "UMA Authorization Server Unreachable"';
