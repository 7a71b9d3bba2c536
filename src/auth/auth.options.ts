import type { Secret } from '../common/secret.js';

/** How a process signs people in at an authorization server. */
export interface AuthOptions {
  /** The authorization server: https, or http on this very machine. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Address of this process as browsers reach it, without trailing slash. */
  readonly baseUrl: string;
  /** Scopes to ask for, separated by spaces; `openid` among them. */
  readonly scopes: string;
  /**
   * Whether the first sign-in asks for consent even where the authorization server could do without (`prompt=consent`):
   * OpenID providers want it before they grant `offline_access`.
   */
  readonly consentOnce: boolean;
  /** Whether a token with scope `uma_protection` is kept as the person's PAT, beyond sign-out. */
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
