import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { Secret } from '../common/secret.js';
import { clientMigrations, type ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { SealedPctStore } from './sealed-pct-store.js';
import type { PctKey } from './uma-client/index.js';

describeOnEachDatabase('SealedPctStore', (open) => {
  let database: Database<ClientTables>;
  let store: SealedPctStore;
  let clock: FixedClock;
  beforeEach(async () => {
    database = await open<ClientTables>(clientMigrations);
    clock = new FixedClock();
    store = new SealedPctStore(database, clock, new Secret('secret key of a test, long enough'));
  });

  const key: PctKey = {
    authorizationServer: 'https://as.example',
    personIssuer: 'https://as.example',
    personSubject: 'bob',
  };
  const kept = async (of = key) => (await store.get(of))?.reveal();

  it('keeps the newest PCT of a person at an authorization server', async () => {
    for (const pct of ['pct-1', 'pct-2']) await store.put(key, new Secret(pct));
    expect(await kept()).toBe('pct-2');
  });

  it.each<[string, Partial<PctKey>]>([
    ['another person', { personSubject: 'carol' }],
    ['the same subject of another issuer', { personIssuer: 'https://other.example' }],
    ['another authorization server', { authorizationServer: 'https://other.example' }],
  ])('gives nothing of it to %s (C-9, SEC-4)', async (_whom, difference) => {
    await store.put(key, new Secret('pct-1'));
    expect(await kept({ ...key, ...difference })).toBeUndefined();
  });

  it('gives it up to one alone', async () => {
    await store.put(key, new Secret('pct-1'));
    const taken = await Promise.all([store.take(key), store.take(key)]);
    expect(taken.flatMap((pct) => pct?.reveal() ?? [])).toEqual(['pct-1']);
    expect(await kept()).toBeUndefined();
  });

  it('forgets what was not replaced for half a year', async () => {
    await store.put(key, new Secret('pct-1'));
    await store.purge(clock.nowMs() + 179 * 86_400_000);
    expect(await kept()).toBe('pct-1');
    await store.purge(clock.nowMs() + 180 * 86_400_000);
    expect(await kept()).toBeUndefined();
  });

  it('writes neither PCT nor person into the table', async () => {
    await store.put(key, new Secret('pct-1'));
    const rows = JSON.stringify(await database.kysely.selectFrom('pct').selectAll().execute());
    expect(rows).not.toMatch(/pct-1|bob|example/);
  });

  it('takes a PCT sealed with a key that is gone for none', async () => {
    await store.put(key, new Secret('pct-1'));
    const after = new SealedPctStore(database, clock, new Secret('another key, as long as it has to be'));
    expect(await after.get(key)).toBeUndefined();
  });
});
