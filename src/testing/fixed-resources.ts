import { type ProtectedResource, ProtectedResources } from '../uma/index.js';

/** Protected resources that a test lays out; counts the look-ups. */
export class FixedResources extends ProtectedResources {
  lookups = 0;
  readonly resources = new Map<string, ProtectedResource>();

  /** Lays out resources, each under its own id. */
  add(...resources: readonly ProtectedResource[]): this {
    for (const resource of resources) this.resources.set(resource.id, resource);
    return this;
  }

  override find(id: string): Promise<ProtectedResource | undefined> {
    this.lookups += 1;
    return Promise.resolve(this.resources.get(id));
  }
}
