import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { isSamePerson } from '../policy/person.js';
import { purposeName } from '../policy/purpose-of-use.js';
import { granteeKey, type Share } from '../policy/share.js';
import { type RegisteredResource, RegisteredResources } from '../uma/registered-resources.js';
import { scopeName } from '../uma/scope-catalogue.js';
import type { Overview } from './account-page.js';
import type { ShownBlock, ShownGrantee, ShownShare } from './account-people.js';
import type { ShownRequest } from './account-requests.js';
import { Apps } from './apps.js';
import { type Block, Blocks } from './blocks.js';
import { Grantees } from './grantees.js';
import { People } from './people.js';
import { type ReceivedRequest, ReceivedRequests } from './received-requests.js';
import { kindOf } from './sharable-kinds.js';
import { RememberedApps } from './remembered-apps.js';
import type { SharableResource } from './share-form.js';
import { Sharing } from './sharing.js';
import { SharingSettings } from './sharing-settings.js';
import { ago, durationOf } from './time-words.js';

/** Gathers what the sharing page shows: what an owner has, who asks for it, and, in people's words, who may see what. */
@Injectable()
export class AccountOverview {
  constructor(
    private readonly resources: RegisteredResources,
    private readonly requests: ReceivedRequests,
    private readonly sharing: Sharing,
    private readonly settings: SharingSettings,
    private readonly blocks: Blocks,
    private readonly people: People,
    private readonly grantees: Grantees,
    private readonly apps: Apps,
    private readonly remembered: RememberedApps,
    private readonly clock: Clock,
  ) {}

  /** @param preselected id of the resource that the owner came for */
  async of(ownerId: string, preselected?: string): Promise<Overview> {
    const resources = await this.resources.ofOwner(ownerId);
    const [pending, shares] = [await this.requests.listPending(ownerId), await this.sharing.list(ownerId)];
    const blocks = await this.blocks.list(ownerId);
    return {
      resources: resources.map((resource) => sharable(resource, resources.length === 1 || resource.id === preselected)),
      requests: await Promise.all(pending.map((request) => this.shownRequest(request, resources))),
      grantees: await this.shownGrantees(shares, blocks, resources),
      blocks: await Promise.all(blocks.map((block) => this.shownBlock(block))),
      settings: await this.settings.read(ownerId),
      remembering: await this.remembered.of(ownerId),
      apps: await this.apps.knownTo(
        ownerId,
        shares.flatMap(({ clients = [] }) => clients),
      ),
    };
  }

  private async shownRequest(
    { id, requester, clientId, scopes, resourceId, createdMs }: ReceivedRequest,
    resources: readonly RegisteredResource[],
  ): Promise<ShownRequest> {
    const resource = resources.find((one) => one.id === resourceId);
    const available = resource?.description.resource_scopes ?? [];
    const asked = scopes.filter((scope) => available.includes(scope));
    return {
      id,
      ...requester,
      person: await this.people.nameOf(requester),
      app: await this.apps.nameOf(clientId),
      resource: nameOf(resource),
      asked: asked.map(named),
      choices: (scopes.length === 0 ? available : asked).map(named),
      since: ago(createdMs, this.clock.nowMs()),
    };
  }

  private async shownBlock({ id, person }: Block): Promise<ShownBlock> {
    return { id, name: await this.people.nameOf(person) };
  }

  /** In the order of their oldest shares. */
  private async shownGrantees(
    shares: readonly Share[],
    blocks: readonly Block[],
    resources: readonly RegisteredResource[],
  ): Promise<readonly ShownGrantee[]> {
    const groups = new Map<string, Share[]>();
    for (const share of shares) {
      const key = `${share.grantee.kind} ${granteeKey(share.grantee)}`;
      groups.set(key, [...(groups.get(key) ?? []), share]);
    }
    return Promise.all([...groups.values()].map((group) => this.shownGrantee(group, blocks, resources)));
  }

  private async shownGrantee(
    shares: readonly Share[],
    blocks: readonly Block[],
    resources: readonly RegisteredResource[],
  ): Promise<ShownGrantee> {
    const [first] = shares;
    if (first === undefined) throw new Error('A group of shares is empty.');
    const { grantee } = first;
    const person = grantee.kind === 'person' ? grantee.person : undefined;
    return {
      name: await this.grantees.nameOf(grantee),
      person,
      isBlocked: person !== undefined && blocks.some((block) => isSamePerson(block.person, person)),
      shares: await Promise.all(shares.map((share) => this.shownShare(share, resources))),
    };
  }

  private async shownShare(share: Share, resources: readonly RegisteredResource[]): Promise<ShownShare> {
    const { id, scopes, clients, purposes, paused, expiresMs } = share;
    const now = this.clock.nowMs();
    const apps = await Promise.all((clients ?? []).map((clientId) => this.apps.nameOf(clientId)));
    return {
      id,
      what: scopes.map(scopeName),
      terms: [
        ...whereOf(share, resources),
        durationOf(share, now),
        ...(clients === undefined ? [] : [`only with ${apps.join(', ')}`]),
        ...(purposes === undefined ? [] : [`only for ${purposes.map(purposeName).join(', ')}`]),
      ],
      paused,
      isOver: (expiresMs ?? Infinity) <= now,
    };
  }
}

function sharable(resource: RegisteredResource, preselected: boolean): SharableResource {
  const { id, description } = resource;
  const { name = 'Unnamed', resource_scopes: scopes } = description;
  return { id, name, scopes: scopes.map(named), hasKind: kindOf(resource) !== undefined, preselected };
}

/** What a share is of, where that is not plain: there are several things, or it is all of a kind. */
function whereOf({ target }: Share, resources: readonly RegisteredResource[]): readonly string[] {
  if ('resourceId' in target) {
    return resources.length === 1 ? [] : [nameOf(resources.find(({ id }) => id === target.resourceId))];
  }
  const ofKind = resources.filter(({ description }) => description.type === target.resourceType);
  const names = [...new Set(ofKind.map(nameOf))].join(', ');
  return [names === '' ? `all of the kind ${target.resourceType}` : `${names}, and all of this kind`];
}

function nameOf(resource: RegisteredResource | undefined): string {
  return resource?.description.name ?? 'Unnamed';
}

function named(scope: string): { id: string; name: string } {
  return { id: scope, name: scopeName(scope) };
}
