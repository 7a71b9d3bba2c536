import { Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { randomId } from '../common/randomness.js';
import { Database } from '../database/database.js';
import type { ResourceTable, ResourceTables } from '../database/resource-server/resources.js';
import { type ProtectedResource, ProtectedResources } from '../uma/protection-api/protected-resources.js';
import type { Registration } from '../uma/protection-api/protection-api.js';
import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import type { ResourceDescription } from '../uma/protocol/resource-description.js';

/** The heart rate of one owner. */
export interface OwnedResource {
  readonly id: string;
  readonly owner: ResourceOwner;
  /** What the owner is called at sign-in, when the authorization server tells. */
  readonly ownerName?: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdMs: number;
  /** `_id` at the owner's authorization server; absent while the resource is not registered there. */
  readonly umaResourceId?: string;
  /** Where the owner decides who may see it. */
  readonly policyUri?: string;
}

/** The resources that this resource server keeps: one for each owner. */
@Injectable()
export class OwnedResources extends ProtectedResources {
  constructor(
    private readonly database: Database<ResourceTables>,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async find(id: string): Promise<ProtectedResource | undefined> {
    const row = await this.database.kysely.selectFrom('resource').selectAll().where('id', '=', id).executeTakeFirst();
    const resource = row === undefined ? undefined : resourceOf(row);
    return resource !== undefined && isRegistered(resource) ? resource : undefined;
  }

  /** The resource of an owner, registered or not. */
  async ofOwner({ issuer, subject }: ResourceOwner): Promise<OwnedResource | undefined> {
    const row = await this.database.kysely
      .selectFrom('resource')
      .selectAll()
      .where('owner_issuer', '=', issuer)
      .where('owner_subject', '=', subject)
      .executeTakeFirst();
    return row === undefined ? undefined : resourceOf(row);
  }

  /** Every resource, oldest first. */
  async all(): Promise<readonly OwnedResource[]> {
    const rows = await this.database.kysely
      .selectFrom('resource')
      .selectAll()
      .orderBy('created_ms')
      .orderBy('id')
      .execute();
    return rows.map(resourceOf);
  }

  /** Of the registered resources whose owner has this subject or this name the first two: enough to tell one from many. */
  async firstTwo(owner: { readonly subject?: string; readonly name?: string }): Promise<readonly ProtectedResource[]> {
    let query = this.database.kysely.selectFrom('resource').selectAll().where('uma_resource_id', 'is not', null);
    if (owner.subject !== undefined) query = query.where('owner_subject', '=', owner.subject);
    if (owner.name !== undefined) query = query.where('owner_name', '=', owner.name);
    const rows = await query.orderBy('created_ms').orderBy('id').limit(2).execute();
    return rows.map(resourceOf).filter(isRegistered);
  }

  /** The resource of an owner, made when there is none: two who ask at once get the same. */
  async claim(
    owner: ResourceOwner,
    { name, resource_scopes: scopes }: ResourceDescription & { readonly name: string },
  ): Promise<OwnedResource> {
    await this.database.kysely
      .insertInto('resource')
      .values({
        id: randomId(),
        owner_issuer: owner.issuer,
        owner_subject: owner.subject,
        name,
        scopes: scopes.join(' '),
        created_ms: this.clock.nowMs(),
      })
      .onConflict((conflict) => conflict.columns(['owner_issuer', 'owner_subject']).doNothing())
      .execute();
    const resource = await this.ofOwner(owner);
    if (resource === undefined) throw new Error('A resource vanished while it was made.');
    return resource;
  }

  /** Notes what the owner is called. */
  async rename(id: string, ownerName: string): Promise<void> {
    await this.database.kysely.updateTable('resource').set({ owner_name: ownerName }).where('id', '=', id).execute();
  }

  /** Notes under which name and scopes a resource is registered. */
  async describe(
    id: string,
    { name, resource_scopes: scopes }: ResourceDescription & { readonly name: string },
  ): Promise<void> {
    await this.database.kysely
      .updateTable('resource')
      .set({ name, scopes: scopes.join(' ') })
      .where('id', '=', id)
      .execute();
  }

  /**
   * Notes a new registration in place of the one that `resource` has.
   *
   * @returns false when somebody else has put another one in its place meanwhile
   */
  async register(resource: OwnedResource, { umaResourceId, policyUri }: Registration): Promise<boolean> {
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('resource')
      .set({ uma_resource_id: umaResourceId, policy_uri: policyUri ?? null })
      .where('id', '=', resource.id)
      .where('uma_resource_id', 'is not distinct from', resource.umaResourceId ?? null)
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }
}

/** Whether a resource is known to its owner's authorization server, and so protected. */
export function isRegistered(resource: OwnedResource): resource is OwnedResource & ProtectedResource {
  return resource.umaResourceId !== undefined;
}

function resourceOf(row: ResourceTable): OwnedResource {
  return {
    id: row.id,
    owner: { issuer: row.owner_issuer, subject: row.owner_subject },
    name: row.name,
    scopes: row.scopes.split(' '),
    createdMs: row.created_ms,
    ...(row.owner_name !== null && { ownerName: row.owner_name }),
    ...(row.uma_resource_id !== null && { umaResourceId: row.uma_resource_id }),
    ...(row.policy_uri !== null && { policyUri: row.policy_uri }),
  };
}
