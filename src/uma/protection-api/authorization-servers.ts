import type { Secret } from '../../common/secret.js';
import { type AuthorizationServerProfile, STANDARD_PROFILE } from '../protocol/authorization-server-profile.js';

/** An authorization server that a resource server has been told about. */
export interface KnownAuthorizationServer {
  readonly issuer: string;
  /** How it differs from the standard; in nothing, when left out. */
  readonly profile?: AuthorizationServerProfile;
  /** Who this resource server is there; needed where tokens are asked about by the client (Keycloak). */
  readonly clientId?: string;
  readonly clientSecret?: Secret;
}

/** An authorization server as it is dealt with. */
export interface AuthorizationServer {
  readonly issuer: string;
  readonly profile: AuthorizationServerProfile;
  readonly client: { readonly id: string; readonly secret: Secret } | undefined;
}

/** The authorization servers of the resource owners, and who this resource server is to them. */
export class AuthorizationServers {
  private readonly known: ReadonlyMap<string, AuthorizationServer>;

  /**
   * @param identifier of this resource server, which `aud` of its tokens names by the standard
   * @throws Error when a server cannot be what its profile says, or its profile needs a client that is not given
   */
  constructor(
    readonly identifier: string,
    servers: readonly KnownAuthorizationServer[] = [],
  ) {
    this.known = new Map(servers.map((server) => [server.issuer, dealtWith(server)]));
    if (this.known.size < servers.length) throw new Error('An authorization server is named twice.');
  }

  /** How to deal with an issuer: with one that nobody has told about, by the standard. */
  of(issuer: string): AuthorizationServer {
    return this.known.get(issuer) ?? dealtWith({ issuer });
  }
}

function dealtWith({ issuer, profile = STANDARD_PROFILE, ...us }: KnownAuthorizationServer): AuthorizationServer {
  const { clientId: id, clientSecret: secret } = us;
  const client = id === undefined || secret === undefined ? undefined : { id, secret };
  const { issuerForm } = profile.discovery;
  if (issuerForm?.pattern.test(issuer) === false) {
    throw new Error(`${issuer} cannot be its issuer: that looks like ${issuerForm.example}.`);
  }
  if (profile.introspection.auth === 'client' && client === undefined) {
    throw new Error(`${issuer} is asked about tokens by a client: clientId and clientSecret are needed.`);
  }
  return { issuer, profile, client };
}
