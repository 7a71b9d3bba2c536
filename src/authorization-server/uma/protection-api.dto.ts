/** A permission that a resource server asks for. @see UMA 2.0 Federated Authorization section 4.1 */
export class PermissionDto {
  /** `_id` of the resource. */
  readonly resource_id!: string;

  /** Scopes that the call needs, all registered for the resource. */
  readonly resource_scopes!: string[];
}

/** A resource to register. @see UMA 2.0 Federated Authorization section 3.1 */
export class ResourceDescriptionDto {
  /** Scopes that can be shared. */
  readonly resource_scopes!: string[];

  /** What the owner calls it; `name#de` is the same in German. */
  readonly name?: string;

  /** What it is, in a sentence. */
  readonly description?: string;

  /** Address of a picture. */
  readonly icon_uri?: string;

  /** What kind of thing it is, for programs. */
  readonly type?: string;
}

/** Which token is asked about. @see RFC 7662 section 2.1 */
export class IntrospectionRequestDto {
  /** A requesting party token. */
  readonly token!: string;
}
