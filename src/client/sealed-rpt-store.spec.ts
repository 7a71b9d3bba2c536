import { describeOnEachDatabase } from '../../test/support/databases.js';
import { Secret } from '../common/secret.js';
import { clientMigrations, type ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { SealedRptStore } from './sealed-rpt-store.js';
import type { RptKey } from './uma-client/index.js';

describeOnEachDatabase('SealedRptStore', (open) => {
  let database: Database<ClientTables>;
  let store: SealedRptStore;
  beforeEach(async () => {
    database = await open<ClientTables>(clientMigrations);
    store = new SealedRptStore(database, new Secret('secret key of a test, long enough'));
  });

  const key: RptKey = {
    personIssuer: 'https://as.example',
    personSubject: 'bob',
    authorizationServer: 'https://as.example',
    resourceServer: 'https://rs.example',
    resource: '/resources/1/heart-rate',
  };
  const rpt = (token: string, expiresAt?: number) => ({
    accessToken: new Secret(token),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  const kept = async (at = key) => (await store.get(at))?.accessToken.reveal();

  it('gives back what was put, with its end', async () => {
    await store.put(key, rpt('rpt-1', 1_772_366_400));
    expect(await kept()).toBe('rpt-1');
    expect((await store.get(key))?.expiresAt).toBe(1_772_366_400);
  });

  it('knows no end where the authorization server told none', async () => {
    await store.put(key, rpt('rpt-1'));
    expect(await store.get(key)).not.toHaveProperty('expiresAt');
  });

  it('keeps the newest RPT of a key', async () => {
    await store.put(key, rpt('rpt-1', 1));
    await store.put(key, rpt('rpt-2'));
    expect(await kept()).toBe('rpt-2');
    expect(await store.get(key)).not.toHaveProperty('expiresAt');
  });

  it.each<[string, Partial<RptKey>]>([
    ['another person', { personSubject: 'carol' }],
    ['the same subject of another issuer', { personIssuer: 'https://other.example' }],
    ['another authorization server', { authorizationServer: 'https://other.example' }],
    ['another resource server', { resourceServer: 'https://other.example' }],
    ['another resource', { resource: '/resources/2/heart-rate' }],
  ])('gives nothing of it to %s (C-12)', async (_whom, difference) => {
    await store.put(key, rpt('rpt-1'));
    expect(await kept({ ...key, ...difference })).toBeUndefined();
  });

  it('forgets an RPT that was refused', async () => {
    await store.put(key, rpt('rpt-1'));
    await store.drop(key, rpt('rpt-1'));
    expect(await kept()).toBeUndefined();
  });

  it('keeps the RPT that took the place of a refused one', async () => {
    await store.put(key, rpt('rpt-2'));
    await store.drop(key, rpt('rpt-1'));
    expect(await kept()).toBe('rpt-2');
  });

  it('has nothing to forget where nothing is kept', async () => {
    await store.drop(key, rpt('rpt-1'));
    expect(await kept()).toBeUndefined();
  });

  it('removes what has expired, and leaves the rest', async () => {
    const [expired, good, endless] = ['/1', '/2', '/3'].map((resource) => ({ ...key, resource }));
    await store.put(expired ?? key, rpt('rpt-1', 1_000));
    await store.put(good ?? key, rpt('rpt-2', 1_001));
    await store.put(endless ?? key, rpt('rpt-3'));
    await store.purge(1_000_000);
    expect([await kept(expired), await kept(good), await kept(endless)]).toEqual([undefined, 'rpt-2', 'rpt-3']);
  });

  it('writes neither token nor person into the table', async () => {
    await store.put(key, rpt('rpt-1'));
    const rows = JSON.stringify(await database.kysely.selectFrom('rpt').selectAll().execute());
    expect(rows).not.toMatch(/rpt-1|bob|example|heart-rate/);
  });

  it('takes an RPT sealed with a key that is gone for none, and replaces it', async () => {
    await store.put(key, rpt('rpt-1'));
    const after = new SealedRptStore(database, new Secret('another key, as long as it has to be'));
    expect(await after.get(key)).toBeUndefined();
    await after.drop(key, rpt('rpt-1'));
    await after.put(key, rpt('rpt-2'));
    expect((await after.get(key))?.accessToken.reveal()).toBe('rpt-2');
  });
});
