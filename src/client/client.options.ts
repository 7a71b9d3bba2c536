import type { Secret } from '../common/secret.js';

/** What the client room is told by the process that it runs in. */
export interface ClientOptions {
  /** As the authorization servers know this client. */
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Which authorization servers (issuers) each resource server (origin) may send us to. */
  readonly trusted: ReadonlyMap<string, readonly string[]>;
  /** What `/getHearthRate` and `/umaToken` read. */
  readonly legacyResource: string;
  /** Seals what is stored. */
  readonly secretKey: Secret;
  /** Holds a folder of files for each person. */
  readonly filesFolder: string;
  /** The built viewer page. */
  readonly webFolder: string;
}

/** Injection token of {@link ClientOptions}. */
export const CLIENT_OPTIONS = Symbol('ClientOptions');
