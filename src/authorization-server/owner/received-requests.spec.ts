import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { MOST_LISTED, ReceivedRequests } from './received-requests.js';

describeOnEachDatabase('the requests that an owner receives', (open) => {
  let database: Database<UmaTables>;
  let requests: ReceivedRequests;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    requests = new ReceivedRequests(database, new FixedClock());
    const resource = { id: 'r1', owner_id: 'alice', resource_server: 'rs1', description: '{}', created_ms: 0 };
    await database.kysely.insertInto('uma_resource').values(resource).execute();
  });

  async function receive(status: string, count: number, fromMs: number, owner_id = 'alice'): Promise<void> {
    const rows = Array.from({ length: count }, (_, index) => ({
      ...{ id: `${status}-${index}-${owner_id}`, owner_id, resource_id: 'r1', client_id: 'viewer', scopes: '["read"]' },
      ...{ requester_issuer: status, requester_subject: `${index} of ${owner_id}`, status, refused_scopes: '[]' },
      created_ms: fromMs + index,
    }));
    await database.kysely.insertInto('access_request').values(rows).execute();
  }

  it('are the newest that wait, and the newest that were answered, however many there are', async () => {
    await receive('pending', MOST_LISTED + 5, 0);
    await receive('approved', 50, 1_000);
    await receive('refused', 60, 2_000);
    await receive('pending', 1, 9_000, 'carol');
    const list = await requests.list('alice');
    const times = list.map(({ createdMs }) => createdMs);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    const counted = (status: string) => list.filter((request) => request.status === status).length;
    expect([counted('refused'), counted('approved'), counted('pending')]).toEqual([60, 40, MOST_LISTED]);
    expect([times[0], times.at(-1)]).toEqual([2_059, 5]);
    expect(await requests.listPending('alice')).toEqual(list.filter(({ status }) => status === 'pending'));
  });
});
