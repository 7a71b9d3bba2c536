/** Where a protected resource publishes its metadata. @see RFC 9728 section 3 */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource';

/**
 * The address of a resource server's metadata: the well-known path stands before the path of its identifier.
 *
 * @param identifier an absolute URL without trailing slash
 * @see RFC 9728 section 3.1
 */
export function resourceMetadataUrl(identifier: string): string {
  const { origin, pathname } = new URL(identifier);
  return `${origin}${RESOURCE_METADATA_PATH}${pathname.replace(/\/$/, '')}`;
}

/** What a resource server says of itself. */
export interface ResourceServerFacts {
  /** Its identifier. */
  readonly identifier: string;
  /** The authorization servers of its owners that it may name. */
  readonly authorizationServers: readonly string[];
  readonly scopes: readonly string[];
  readonly name?: string;
  /** JWS algorithms in which a proof of possession may be signed. */
  readonly dpopAlgorithms: readonly string[];
}

/** The metadata document of a resource server. @see RFC 9728 section 2 */
export function resourceMetadata(facts: ResourceServerFacts): Readonly<Record<string, unknown>> {
  return {
    resource: facts.identifier,
    authorization_servers: facts.authorizationServers,
    scopes_supported: facts.scopes,
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: facts.dpopAlgorithms,
    ...(facts.name !== undefined && { resource_name: facts.name }),
  };
}
