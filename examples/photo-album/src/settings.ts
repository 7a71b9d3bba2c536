/** What the album is told by its surroundings. */
export interface Settings {
  /** Its own address, which is its identifier too, without trailing slash. */
  readonly url: string;
  /** The authorization server of the people whose photos these are. */
  readonly issuer: string;
  /** Who the album is at the authorization server. */
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Injection token of the {@link Settings}. */
export const SETTINGS = Symbol('Settings');
