/** A client of the authorization server under test. */
export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** Name and password of a person at the authorization server under test. */
export interface Account {
  readonly username: string;
  readonly password: string;
}

/** Where the suite's clients have people sent back to. Nothing listens there: the suite's browser stops at them. */
export const CLIENT_CALLBACK = 'https://c.test/cb';
export const CLAIMS_CALLBACK = 'https://c.test/claims/cb';
export const CLAIMS_CALLBACK_WITH_QUERY = 'https://c.test/claims/cb?keep=this';
export const RESOURCE_SERVER_CALLBACK = 'https://rs.test/cb';

/** Identifiers of the two resource servers. @see RFC 8707 section 2 */
export const RS1 = 'https://rs.test';
export const RS2 = 'https://evil.test';

/** The grant of UMA 2.0. */
export const UMA_GRANT = 'urn:ietf:params:oauth:grant-type:uma-ticket';
