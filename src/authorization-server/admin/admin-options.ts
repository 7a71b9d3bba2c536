/** Settings of the administration. */
export abstract class AdminOptions {
  /** Identifier of this authorization server, an absolute URL without trailing slash. */
  abstract readonly issuer: string;
  /** User names of the people who may administer this server. */
  abstract readonly administrators: readonly string[];
}
