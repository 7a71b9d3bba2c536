/** A resource as the model knows it. */
export interface ModelResource {
  readonly id: string;
  readonly owner: string;
  readonly resourceServer: number;
  scopes: readonly string[];
  type: string;
  gone: boolean;
}

/** A share as the model knows it: of one resource, or of all of a type. */
export interface ModelShare {
  readonly id: string;
  readonly owner: string;
  readonly target: { readonly resourceId: string } | { readonly resourceType: string };
  readonly person: string;
  scopes: readonly string[];
  clients: readonly string[] | undefined;
  paused: boolean;
  startsMs: number | undefined;
  expiresMs: number | undefined;
}

/** Who holds a requesting party token, by which client, and whose resources it is for. */
export interface ModelHolder {
  readonly person: string;
  readonly clientId: string;
  readonly owner: string;
  readonly resourceServer: number;
}

/** What owners have decided, said as plainly as can be: nothing is remembered but what holds now. */
export class SharingModel {
  readonly resources: ModelResource[] = [];
  readonly blocked = new Set<string>();
  readonly paused = new Set<string>();
  shares: ModelShare[] = [];

  /** Whether what is shared now lets somebody do something; without a scope: anything at all. */
  permits(holder: ModelHolder, resourceId: string, scope: string | undefined, nowMs: number): boolean {
    const resource = this.resources.find(({ id }) => id === resourceId);
    if (resource === undefined || resource.gone) return false;
    if (resource.owner !== holder.owner || resource.resourceServer !== holder.resourceServer) return false;
    if (scope !== undefined && !resource.scopes.includes(scope)) return false;
    if (this.paused.has(holder.owner) || this.blocked.has(`${holder.owner} ${holder.person}`)) return false;
    return this.shares.some(
      (share) =>
        isOf(share, resource) &&
        isWith(share, holder) &&
        isOn(share, nowMs) &&
        (scope === undefined || share.scopes.includes(scope)),
    );
  }

  /** A resource has other scopes now: what was shared of the others has ended. */
  describe(resource: ModelResource, scopes: readonly string[]): void {
    resource.scopes = scopes;
    for (const share of this.shares) {
      if (!('resourceId' in share.target) || share.target.resourceId !== resource.id) continue;
      share.scopes = share.scopes.filter((scope) => scopes.includes(scope));
    }
    this.shares = this.shares.filter(({ scopes: left }) => left.length > 0);
  }
}

/** Whether a share is of a resource. */
export function isOf({ owner, target }: ModelShare, resource: ModelResource): boolean {
  if ('resourceId' in target) return target.resourceId === resource.id;
  return owner === resource.owner && target.resourceType === resource.type;
}

function isWith({ person, clients }: ModelShare, holder: ModelHolder): boolean {
  return person === holder.person && clients?.includes(holder.clientId) !== false;
}

function isOn({ paused, startsMs, expiresMs }: ModelShare, nowMs: number): boolean {
  return !paused && (startsMs ?? -Infinity) <= nowMs && nowMs < (expiresMs ?? Infinity);
}
