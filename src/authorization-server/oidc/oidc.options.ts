import type { Secret } from '../../common/secret.js';

/** A client that is known from the configuration, in the words of RFC 7591 and of our extra metadata. */
export interface ClientSeed {
  readonly client_id: string;
  readonly client_secret?: Secret | undefined;
  readonly [metadata: string]: unknown;
}

/** A person who gets an account at the first start; an account of that user name is left as it is. */
export interface AccountSeed {
  readonly username: string;
  readonly password: Secret;
  readonly name: string;
  /** Counts as verified. */
  readonly email: string;
  /** What ID tokens call the person for ever; made up when it is not given. */
  readonly sub?: string;
}

/** What the OpenID provider is told by the process that it runs in. */
export interface OidcOptions {
  /** Without a trailing slash; it may have a path. */
  readonly issuer: string;
  /** Seals what is stored; the same for all instances on one database. */
  readonly secretKey: Secret;
  /** Initial access token of dynamic registration, which is closed without one. */
  readonly registrationToken?: Secret | undefined;
  readonly clients: readonly ClientSeed[];
  readonly accounts: readonly AccountSeed[];
  /** Rounds that hash a new password, as a power of two; 15 when it is not given. Fewer are for tests alone. */
  readonly passwordRounds?: number;
  /** Whether `/public`, `/read-resource` and `/write-resource` are served. */
  readonly demoRoutes: boolean;
  /** Longest `uma_ticket_lifetime` that a client may register, in seconds. */
  readonly ticketLifetimeSeconds?: number;
  /** Longest `uma_rpt_lifetime` that a client may register, in seconds. */
  readonly rptLifetimeSeconds?: number;
}

/** Injection token of {@link OidcOptions}. */
export const OIDC_OPTIONS = Symbol('OidcOptions');

/** Injection token of the `Provider` instance, to which other rooms add their grant types. */
export const OIDC_PROVIDER = Symbol('OidcProvider');

/** The path of the issuer, without a trailing slash: empty when it is a bare origin. */
export function basePathOf(issuer: string): string {
  return new URL(issuer).pathname.replace(/\/$/, '');
}
