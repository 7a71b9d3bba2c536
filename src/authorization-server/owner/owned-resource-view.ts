/** A scope of a resource, in words. */
export class ScopeView {
  readonly id!: string;
  readonly name!: string;
}

/** A resource as its owner sees it when sharing. */
export class OwnedResourceView {
  readonly id!: string;
  readonly name!: string;
  /** As its resource server registered it; all of a type can be shared at once. */
  readonly type?: string;
  readonly scopes!: ScopeView[];
}
