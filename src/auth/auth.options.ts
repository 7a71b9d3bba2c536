import type { Secret } from '../common/secret.js';

/** An authorization server where people sign in, and who this process is there. */
export interface SignInServer {
  /** https, or http on this very machine. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** What people call it, where they choose between several; the host of the issuer when left out. */
  readonly name?: string;
  /**
   * Tells the address to which this server sends people back from those of the others (`/callback/ID`), so that none can
   * pass off its own answer for another's: not all say in it who they are. The first server has none.
   *
   * @see RFC 9700 section 4.4.2 (mix-up)
   */
  readonly id?: string;
  /** Scopes to ask for, separated by spaces; `openid` among them. */
  readonly scopes: string;
  /** The scope that makes an access token a PAT; null where every one is, which is then kept. */
  readonly patScope: string | null;
}

/** How a process signs people in. */
export interface AuthOptions {
  /** Where they can: the first one is where they go who say nothing else. */
  readonly servers: readonly [SignInServer, ...SignInServer[]];
  /** Address of this process as browsers reach it, without trailing slash. */
  readonly baseUrl: string;
  /**
   * Whether the first sign-in asks for consent even where the authorization server could do without (`prompt=consent`):
   * OpenID providers want it before they grant `offline_access`.
   */
  readonly consentOnce: boolean;
  /** Whether a token that is good for it is kept as the person's PAT, beyond sign-out. */
  readonly keepPat: boolean;
  /** What the pages of this process are called; the name of the whole when left out. */
  readonly brand?: string;
  /** Name of the session cookie, this process's own: browsers do not tell ports of one host apart. */
  readonly cookieName: string;
  /** Seals cookies and stored tokens. */
  readonly secretKey: Secret;
  /** Whether `/callback` shows the tokens to API clients; for development. */
  readonly devShowTokens: boolean;
}

/** Injection token of {@link AuthOptions}. */
export const AUTH_OPTIONS = Symbol('AuthOptions');

/** Path below which browsers reach this process, without trailing slash: empty, or `/rs`. */
export function basePathOf({ baseUrl }: Pick<AuthOptions, 'baseUrl'>): string {
  return new URL(baseUrl).pathname.replace(/\/$/, '');
}

/** What people call an authorization server. */
export function nameOf({ name, issuer }: Pick<SignInServer, 'name' | 'issuer'>): string {
  return name ?? new URL(issuer).host;
}
