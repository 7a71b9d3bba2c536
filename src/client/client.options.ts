import type { AuthorizationServerProfile } from '../uma/protocol/authorization-server-profile.js';
import type { Secret } from '../common/secret.js';

/** What the client room is told by the process that it runs in. */
export interface ClientOptions {
  /** As the authorization servers know this client. */
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Address of this process as browsers reach it, without trailing slash. */
  readonly baseUrl: string;
  /** Identifier of the resource server whose `/hearthRate` the old routes read. */
  readonly resourceServer: string;
  /** Which authorization servers (issuers) each resource server (origin) may send us to. */
  readonly trusted: ReadonlyMap<string, readonly string[]>;
  /** How authorization servers differ from the standard, by issuer; in nothing, where there is no entry. */
  readonly profiles: ReadonlyMap<string, AuthorizationServerProfile>;
  /** Seals what is stored. */
  readonly secretKey: Secret;
  /** Holds a folder of files for each person. */
  readonly filesFolder: string;
  /** The built viewer page. */
  readonly webFolder: string;
  /** Whether `/umaToken` shows the token; for development. */
  readonly devShowTokens: boolean;
}

/** Injection token of {@link ClientOptions}. */
export const CLIENT_OPTIONS = Symbol('ClientOptions');
