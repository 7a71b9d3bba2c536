/** A resource as the systems before wrote it, with our own id. */
export class OldResourceSet {
  readonly _id!: string;
  readonly name!: string;
  readonly type!: string | undefined;
  readonly resource_scopes!: string[];
  readonly user_access_policy_uri?: string;
}

/** A permission ticket, and where to take it. */
export class OldPermission {
  readonly ticket!: string;
  readonly as_uri!: string;
}
