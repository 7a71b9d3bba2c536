import { describeOnEachDatabase } from '../../test/support/databases.js';
import { Secret } from '../common/secret.js';
import { clientMigrations, type ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { SealedRptStore } from './sealed-rpt-store.js';
import type { Rpt, RptHolder } from './uma-client/index.js';

const KEY = new Secret('secret key of a test, long enough');

describeOnEachDatabase('SealedRptStore', (open) => {
  let database: Database<ClientTables>;
  let store: SealedRptStore;
  beforeEach(async () => {
    database = await open<ClientTables>(clientMigrations);
    store = new SealedRptStore(database, KEY);
  });

  const holder: RptHolder = {
    personIssuer: 'https://as.example',
    personSubject: 'bob',
    authorizationServer: 'https://as.example',
    resourceServer: 'https://rs.example',
  };
  const rpt = (token: string, more: Partial<Rpt> = {}): Rpt => ({
    accessToken: new Secret(token),
    paths: ['/resources/1/heart-rate'],
    ...more,
  });
  const kept = async (of = holder) => (await store.list(of)).map(({ accessToken }) => accessToken.reveal()).sort();

  it('gives back what was put, with all that is known of it', async () => {
    const more = { expiresAt: 1_772_366_400, renewAt: 1_772_366_370.5, refreshToken: new Secret('refresh-1') };
    const put = await store.put(holder, rpt('rpt-1', more));
    const [found] = await store.list(holder);
    expect(found).toEqual(put);
    expect([found?.accessToken.reveal(), found?.refreshToken?.reveal()]).toEqual(['rpt-1', 'refresh-1']);
  });

  it('knows no end and no refresh token where the authorization server told none', async () => {
    await store.put(holder, rpt('rpt-1'));
    const [found] = await store.list(holder);
    expect(Object.keys(found ?? {}).sort()).toEqual(['accessToken', 'id', 'paths', 'version']);
  });

  it.each<[string, Partial<RptHolder>]>([
    ['another person', { personSubject: 'carol' }],
    ['the same subject of another issuer', { personIssuer: 'https://other.example' }],
    ['another authorization server', { authorizationServer: 'https://other.example' }],
    ['another resource server', { resourceServer: 'https://other.example' }],
  ])('gives nothing of it to %s (C-12)', async (_whom, difference) => {
    await store.put(holder, rpt('rpt-1'));
    expect(await kept({ ...holder, ...difference })).toEqual([]);
  });

  it('lets one alone put another in the place of an RPT, so that a refresh token is spent once', async () => {
    const first = await store.put(holder, rpt('rpt-1'));
    const replaced = await Promise.all(['rpt-2', 'rpt-3'].map((token) => store.replace(holder, first, rpt(token))));
    expect(replaced.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await kept()).toEqual(replaced.flatMap((one) => one?.accessToken.reveal() ?? []));
  });

  it('forgets an RPT, unless it was changed meanwhile', async () => {
    const first = await store.put(holder, rpt('rpt-1'));
    const second = await store.replace(holder, first, rpt('rpt-2'));
    await store.drop(holder, first);
    expect(await kept()).toEqual(['rpt-2']);
    await store.drop(holder, second ?? first);
    expect(await kept()).toEqual([]);
  });

  it('removes what has expired, and leaves the rest; one that can be renewed for two weeks more', async () => {
    await store.put(holder, rpt('rpt-1', { expiresAt: 1_000 }));
    await store.put(holder, rpt('rpt-2', { expiresAt: 1_001 }));
    await store.put(holder, rpt('rpt-3'));
    await store.put(holder, rpt('rpt-4', { expiresAt: 1_000, refreshToken: new Secret('refresh-4') }));
    await store.purge(1_000_000);
    expect(await kept()).toEqual(['rpt-2', 'rpt-3', 'rpt-4']);
    await store.purge(1_000_000 + 14 * 86_400_000);
    expect(await kept()).toEqual(['rpt-3']);
  });

  it('writes neither token nor person into the table', async () => {
    await store.put(holder, rpt('rpt-1', { refreshToken: new Secret('refresh-1') }));
    const rows = JSON.stringify(await database.kysely.selectFrom('rpt').selectAll().execute());
    expect(rows).not.toMatch(/rpt-1|refresh-1|bob|example|heart-rate/);
  });

  it('takes an RPT sealed with a key that is gone for none, and keeps the next', async () => {
    await store.put(holder, rpt('rpt-1'));
    const after = new SealedRptStore(database, new Secret('another key, as long as it has to be'));
    expect(await after.list(holder)).toEqual([]);
    const put = await after.put(holder, rpt('rpt-2'));
    expect(await after.list(holder)).toEqual([put]);
    await after.drop(holder, put);
    expect(await after.list(holder)).toEqual([]);
  });
});
