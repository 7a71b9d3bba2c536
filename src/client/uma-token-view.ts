/** Facts of a requesting party token. The token itself stays on the server, unless a setting for development says so. */
export class UmaTokenView {
  readonly access_token!: string;
  readonly token_type!: 'Bearer';
  /** Issuer of the authorization server. */
  readonly issuer!: string;
  /** Seconds from now. */
  readonly expires_in?: number;
}
