import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { AccessRequests, type AccessWish } from './access-requests.js';

const BOB = { issuer: 'https://as.test', subject: 'bob' };

describeOnEachDatabase('AccessRequests', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let requests: AccessRequests;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    requests = new AccessRequests(database, clock);
    await database.kysely
      .insertInto('uma_resource')
      .values({ id: 'r1', owner_id: 'alice', resource_server: 'rs1', description: '{}', created_ms: 0 })
      .execute();
  });

  function submit(scopes: readonly string[], changes: Partial<AccessWish> = {}): Promise<boolean> {
    const wanted = [{ resourceId: 'r1', resourceScopes: scopes }];
    const wish = { ownerId: 'alice', person: BOB, clientId: 'c1', wanted, ...changes };
    return database.transaction((within) => requests.submit(within, wish));
  }
  const rows = () => database.kysely.selectFrom('access_request').selectAll().orderBy('requester_issuer').execute();
  const answer = (status: string): Promise<unknown> =>
    database.kysely.updateTable('access_request').set({ status, decided_ms: clock.nowMs() }).execute();

  it('leave as it is what was asked for before, by whichever client it is asked for again', async () => {
    await submit(['read', 'write']);
    const before = await rows();
    clock.advanceMs(1_000);
    await submit(['write'], { clientId: 'c2' });
    expect(await rows()).toEqual(before);
  });

  it('take in what is asked for later, by the client that asked for it last', async () => {
    await submit(['read']);
    clock.advanceMs(1_000);
    await submit(['read', 'write'], { clientId: 'c2' });
    expect(await rows()).toMatchObject([
      { scopes: '["read","write"]', client_id: 'c2', created_ms: clock.nowMs(), status: 'pending' },
    ]);
  });

  it.each([
    ['some scopes', ['write'], '["write"]'],
    ['any access at all', [], '[]'],
  ])('begin anew with %s when the one before was answered', async (_what, scopes, stored) => {
    await submit(['read']);
    await answer('refused');
    await submit(scopes);
    expect(await rows()).toMatchObject([{ scopes: stored, status: 'pending' }]);
  });

  it('are apart for a namesake of another issuer', async () => {
    await submit(['read']);
    await submit(['write'], { person: { ...BOB, issuer: 'https://idp.test' } });
    expect(await rows()).toMatchObject([{ scopes: '["read"]' }, { scopes: '["write"]' }]);
  });
});
