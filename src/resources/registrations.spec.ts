import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import type { Database } from '../database/database.js';
import { resourceMigrations, type ResourceTables } from '../database/resource-server/resources.js';
import type { ProtectionApi } from '../uma/protection-api/protection-api.js';
import { OwnedResources } from './owned-resources.js';
import { FakeProtectionApi } from './protection-api.fake.js';
import { Registrations } from './registrations.js';
import type { ResourcesOptions } from './resources.options.js';

const ALICE = { issuer: 'https://as.example', subject: 'alice' };
const SCOPES = ['heart-rate:read', 'heart-rate:summary', 'heart-rate:stream', 'heart-rate:write'];

describeOnEachDatabase('the registration of a resource', (open) => {
  const api = new FakeProtectionApi();
  const anInstance = (database: Database<ResourceTables>, options: Partial<ResourcesOptions> = {}) => {
    const resources = new OwnedResources(database, new FixedClock());
    const registrations = new Registrations(resources, api as unknown as ProtectionApi, {
      baseUrl: 'http://localhost:4000',
      ...options,
    });
    return { resources, registrations };
  };

  beforeEach(() => {
    api.registered.clear();
    api.calls.length = 0;
    api.away = false;
    api.gate = Promise.resolve();
  });

  it('is made once, with its name, its type and all its scopes (UMA Federated Authorization 3.1)', async () => {
    const { resources, registrations } = anInstance(await open<ResourceTables>(resourceMigrations));
    const resource = await registrations.keepInStep(ALICE);
    expect(await registrations.keepInStep(ALICE)).toEqual(resource);
    expect([...api.registered]).toEqual([
      [
        resource.umaResourceId,
        {
          name: 'Heart rate',
          type: 'http://hl7.org/fhir/StructureDefinition/heartrate',
          resource_scopes: SCOPES,
        },
      ],
    ]);
    expect(resource).toMatchObject({ owner: ALICE, name: 'Heart rate', scopes: SCOPES });
    expect(resource.policyUri).toBe(`https://as.example/account/${String(resource.umaResourceId)}`);
    expect(await resources.find(resource.id)).toMatchObject({ owner: ALICE, umaResourceId: resource.umaResourceId });
    expect(api.calls).toEqual(['register', 'read']);
  });

  it('is another one for another owner, and for the same subject at another issuer', async () => {
    const { resources, registrations } = anInstance(await open<ResourceTables>(resourceMigrations));
    await registrations.keepInStep(ALICE);
    await registrations.keepInStep({ ...ALICE, subject: 'bob' });
    await registrations.keepInStep({ ...ALICE, issuer: 'https://other.example' });
    expect(new Set((await resources.all()).map(({ id }) => id)).size).toBe(3);
  });

  it('is made once for many who ask at the same time', async () => {
    const { registrations } = anInstance(await open<ResourceTables>(resourceMigrations));
    const asked = await Promise.all(Array.from({ length: 10 }, () => registrations.keepInStep(ALICE)));
    expect(new Set(asked.map(({ umaResourceId }) => umaResourceId)).size).toBe(1);
    expect(api.registered.size).toBe(1);
  });

  it('is one in the end when two instances make one at the same time', async () => {
    const database = await open<ResourceTables>(resourceMigrations);
    let go = (): void => undefined;
    api.gate = new Promise((resolve) => (go = resolve));
    const both = [anInstance(database), anInstance(database)].map(({ registrations }) =>
      registrations.keepInStep(ALICE),
    );
    while (api.registered.size < 2) await new Promise(setImmediate);
    go();
    const [one, other] = await Promise.all(both);
    expect([...api.registered.keys()]).toEqual([one?.umaResourceId]);
    expect(other?.umaResourceId).toBe(one?.umaResourceId);
  });

  it('is made again when the authorization server lost it, under the same id of ours (RS-8)', async () => {
    const { resources, registrations } = anInstance(await open<ResourceTables>(resourceMigrations));
    const before = await registrations.keepInStep(ALICE);
    api.registered.clear();
    const after = await registrations.keepInStep(ALICE);
    expect(after.id).toBe(before.id);
    expect([...api.registered.keys()]).toEqual([after.umaResourceId]);
    expect(after.umaResourceId).not.toBe(before.umaResourceId);
    expect(await resources.find(before.id)).toMatchObject({ umaResourceId: after.umaResourceId });
  });

  it.each([
    { what: 'a scope too few', change: { resource_scopes: SCOPES.slice(1) } },
    { what: 'a scope too many', change: { resource_scopes: [...SCOPES, 'heart-rate:erase'] } },
    { what: 'another scope', change: { resource_scopes: [...SCOPES.slice(1), 'heart-rate:erase'] } },
    { what: 'another name', change: { name: 'HearthRateService' } },
    { what: 'another type', change: { type: 'urn:other' } },
  ])('is replaced when it has $what (RS-8)', async ({ change }) => {
    const { registrations } = anInstance(await open<ResourceTables>(resourceMigrations));
    const { umaResourceId = '' } = await registrations.keepInStep(ALICE);
    const right = api.registered.get(umaResourceId);
    api.registered.set(umaResourceId, { ...right, resource_scopes: SCOPES, ...change });
    await registrations.keepInStep(ALICE);
    expect(api.registered.get(umaResourceId)).toEqual(right);
    expect(api.calls).toEqual(['register', 'read', 'replace']);
  });

  it('is left alone when only the order of scopes or a member of the authorization server differs', async () => {
    const { registrations } = anInstance(await open<ResourceTables>(resourceMigrations));
    const { umaResourceId = '' } = await registrations.keepInStep(ALICE);
    const other = { ...api.registered.get(umaResourceId), resource_scopes: SCOPES.toReversed(), icon_uri: 'https://i' };
    api.registered.set(umaResourceId, other);
    await registrations.keepInStep(ALICE);
    expect(api.registered.get(umaResourceId)).toBe(other);
  });

  it('has the old name and scope at an authorization server set up for them (FH-23)', async () => {
    const database = await open<ResourceTables>(resourceMigrations);
    await anInstance(database).registrations.keepInStep(ALICE);
    const { registrations } = anInstance(database, { legacyScope: 'hearthRate' });
    const resource = await registrations.keepInStep(ALICE);
    expect([...api.registered.values()]).toMatchObject([
      { name: 'HearthRateService', resource_scopes: ['hearthRate'] },
    ]);
    expect(resource).toMatchObject({ name: 'HearthRateService', scopes: ['hearthRate'] });
  });

  it('fails while the authorization server is away, and leaves a resource that nobody can ask for', async () => {
    const { resources, registrations } = anInstance(await open<ResourceTables>(resourceMigrations));
    api.away = true;
    await expect(registrations.keepInStep(ALICE)).rejects.toThrow('It is away.');
    const resource = await registrations.claim(ALICE);
    expect(resource).not.toHaveProperty('umaResourceId');
    expect(await resources.find(resource.id)).toBeUndefined();
    expect(await resources.find('nothing')).toBeUndefined();
    api.away = false;
    expect((await registrations.keepInStep(ALICE)).id).toBe(resource.id);
  });
});
