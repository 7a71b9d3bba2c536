import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { isInForce, type Share, type ShareTarget } from '../policy/share.js';
import { type RegisteredResource, RegisteredResources } from '../uma/registered-resources.js';
import { scopeName } from '../uma/scope-catalogue.js';
import type { AccountQueryDto } from './account.dto.js';
import type { ShownResource, ShownShare } from './account-page.js';
import { Grantees } from './grantees.js';
import { Sharing } from './sharing.js';

const DAY_MS = 86_400_000;

/** Gathers what the sharing page shows: an owner's resources and, in people's words, who may see what of them. */
@Injectable()
export class AccountOverview {
  constructor(
    private readonly resources: RegisteredResources,
    private readonly sharing: Sharing,
    private readonly grantees: Grantees,
    private readonly clock: Clock,
  ) {}

  /** @param preselected id of the resource that the owner came for */
  async of(ownerId: string, preselected?: string): Promise<readonly ShownResource[]> {
    const resources = await this.resources.ofOwner(ownerId);
    const shares = await this.sharing.list(ownerId);
    return Promise.all(
      resources.map(async (resource) => ({
        ...describe(resource),
        shares: await this.show(shares.filter(({ target }) => isAbout(target, resource))),
        preselected: resources.length === 1 || resource.id === preselected,
      })),
    );
  }

  /** What the owner just did, in a sentence; `undefined` when no share of theirs is named. */
  async noticeOf(ownerId: string, { shared, changed }: AccountQueryDto): Promise<string | undefined> {
    const named = shared ?? changed;
    const share = (await this.sharing.list(ownerId)).find(({ id }) => id === named);
    if (share === undefined) return undefined;
    const person = await this.grantees.nameOf(share.grantee);
    return shared === undefined ? `What you share with ${person} was changed.` : `Shared with ${person}.`;
  }

  private show(shares: readonly Share[]): Promise<readonly ShownShare[]> {
    return Promise.all(
      shares.map(async (share) => ({
        id: share.id,
        person: await this.grantees.nameOf(share.grantee),
        what: share.scopes.map(scopeName),
        duration: durationOf(share, this.clock.nowMs()),
      })),
    );
  }
}

/** A share of a type is shown at each resource of that type. */
function isAbout(target: ShareTarget, { id, description }: RegisteredResource): boolean {
  return 'resourceId' in target ? target.resourceId === id : target.resourceType === description.type;
}

function describe({ id, description }: RegisteredResource): Pick<ShownResource, 'id' | 'name' | 'scopes'> {
  const scopes = description.resource_scopes.map((scope) => ({ id: scope, name: scopeName(scope) }));
  return { id, name: description.name ?? 'Unnamed', scopes };
}

function durationOf({ startsMs, expiresMs }: Share, nowMs: number): string {
  if (expiresMs !== undefined && expiresMs <= nowMs) return `ended on ${instant(expiresMs)}`;
  const from = startsMs === undefined || isInForce({ startsMs, expiresMs }, nowMs) ? '' : `from ${instant(startsMs)} `;
  return `${from}until ${expiresMs === undefined ? 'you stop it' : end(expiresMs)}`;
}

/** Midnight is the end of the day that people named. */
function end(instantMs: number): string {
  return instantMs % DAY_MS === 0 ? `the end of ${day(instantMs - 1)}, UTC` : instant(instantMs);
}

/** The reader's own zone is unknown here, so the zone is said. */
function instant(instantMs: number): string {
  return `${day(instantMs)}, ${new Date(instantMs).toISOString().slice(11, 16)} UTC`;
}

function day(instantMs: number): string {
  const parts = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(instantMs).toLocaleDateString('en-GB', parts);
}
