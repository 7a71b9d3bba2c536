/** A scope of a resource, in words. */
export class ScopeView {
  readonly id!: string;
  readonly name!: string;
}

/** A resource as its owner sees it when sharing. */
export class OwnedResourceView {
  readonly id!: string;
  readonly name!: string;
  readonly scopes!: ScopeView[];
}
