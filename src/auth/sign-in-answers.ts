/** What a program is told about a sign-in (FH-13): no token, unless a setting for development says so. */
export class SignInSummary {
  readonly sub!: string;
  /** Scopes that were granted, separated by spaces. */
  readonly scope!: string;
  /** When the access token ends, RFC 3339; missing when that is not known. */
  readonly expiresAt?: string;
  readonly tokens?: unknown;
}

/** What a program is told that signed somebody out. */
export class SignedOut {
  /** Where a browser signs out of the authorization server too. */
  readonly endSessionUrl!: string;
}
