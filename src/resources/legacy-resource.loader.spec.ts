import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { resourceMigrations, type ResourceTables } from '../database/resource-server/resources.js';
import { heartRateDescription } from './heart-rate-resource.js';
import { LegacyResourceLoader } from './legacy-resource.loader.js';
import { OwnedResources } from './owned-resources.js';

const NAMES: Readonly<Record<string, string>> = { 'sub-1': 'alice', 'sub-2': 'bob', 'sub-3': 'alice', alice: 'eve' };

describeOnEachDatabase('the old address', (open) => {
  /** @param subjects those who own a registered resource; one with a question mark has one that is not registered */
  const served = async (legacyOwner: string | undefined, ...subjects: string[]): Promise<string | undefined> => {
    const resources = new OwnedResources(await open<ResourceTables>(resourceMigrations), new FixedClock());
    const subjectOf = new Map<string, string>();
    for (const text of subjects) {
      const subject = text.replace('?', '');
      const resource = await resources.claim({ issuer: 'https://as.example', subject }, heartRateDescription());
      subjectOf.set(resource.id, subject);
      await resources.rename(resource.id, NAMES[subject] ?? subject);
      if (text === subject) await resources.register(resource, { umaResourceId: subject });
    }
    const loader = new LegacyResourceLoader(resources, { baseUrl: 'http://localhost:4000', legacyOwner });
    return subjectOf.get(await loader.resourceId());
  };

  it('serves the only owner when none is named', async () => {
    expect(await served(undefined, 'sub-1', 'sub-2?')).toBe('sub-1');
  });

  it('serves the owner who is named, by subject or by name', async () => {
    expect(await served('sub-2', 'sub-1', 'sub-2')).toBe('sub-2');
    expect(await served('bob', 'sub-1', 'sub-2')).toBe('sub-2');
  });

  it('serves the subject rather than somebody of that name', async () => {
    expect(await served('alice', 'sub-1', 'alice')).toBe('alice');
  });

  it.each([
    { why: 'nobody has signed in', owner: undefined, subjects: [], says: 'has not signed in' },
    { why: 'nothing is registered', owner: undefined, subjects: ['sub-1?'], says: 'has not signed in' },
    { why: 'the owner is unknown', owner: 'carol', subjects: ['sub-1'], says: 'has not signed in' },
    { why: 'there are several owners', owner: undefined, subjects: ['sub-1', 'sub-2'], says: 'LEGACY_OWNER' },
    { why: 'several have that name', owner: 'alice', subjects: ['sub-1', 'sub-3'], says: 'LEGACY_OWNER' },
  ])('is not found, and says so, when $why (FH-18)', async ({ owner, subjects, says }) => {
    await expect(served(owner, ...subjects)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining(says) as string,
    });
  });
});
