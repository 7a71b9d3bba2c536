/** A person at one authorization server: the same `subject` at another issuer is somebody else. */
export interface ResourceOwner {
  readonly issuer: string;
  /** The person's `sub` at the issuer. */
  readonly subject: string;
}
