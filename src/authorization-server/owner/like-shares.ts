import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { granteeKey, isInForce, type Share, type ShareTarget } from '../policy/share.js';
import { RegisteredResources } from '../uma/registered-resources.js';
import { Sharing } from './sharing.js';

/** Types of an owner's resources, by their ids. */
export type ResourceTypes = ReadonlyMap<string, string | undefined>;

/**
 * The shares by which somebody may still get what a share gave them: of the same, in force, with the same grantee, or with
 * one who is named in another way. Whether a person has an address or claims is not looked up: an owner must not learn
 * here whom an address belongs to.
 */
export function likeShares(
  gone: Share,
  shares: readonly Share[],
  types: ResourceTypes,
  nowMs: number,
): readonly Share[] {
  return shares.filter(
    (share) =>
      share.id !== gone.id &&
      isInForce(share, nowMs) &&
      overlap(share.target, gone.target, types) &&
      share.scopes.some((scope) => gone.scopes.includes(scope)) &&
      mayBeSame(share, gone),
  );
}

/** Finds the {@link likeShares} of an owner. */
@Injectable()
export class LikeShares {
  constructor(
    private readonly sharing: Sharing,
    private readonly resources: RegisteredResources,
    private readonly clock: Clock,
  ) {}

  /** @param gone a share that its owner has withdrawn */
  async of(gone: Share): Promise<readonly Share[]> {
    const resources = await this.resources.ofOwner(gone.ownerId);
    const types = new Map(resources.map(({ id, description }) => [id, description.type]));
    return likeShares(gone, await this.sharing.list(gone.ownerId), types, this.clock.nowMs());
  }
}

function mayBeSame({ grantee: one }: Share, { grantee: other }: Share): boolean {
  return one.kind !== other.kind || granteeKey(one) === granteeKey(other);
}

function overlap(one: ShareTarget, other: ShareTarget, types: ResourceTypes): boolean {
  if ('resourceId' in one && 'resourceId' in other) return one.resourceId === other.resourceId;
  return typeOf(one, types) === typeOf(other, types);
}

function typeOf(target: ShareTarget, types: ResourceTypes): string | undefined {
  return 'resourceId' in target ? types.get(target.resourceId) : target.resourceType;
}
