import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Sealer } from '../../common/sealing.js';
import { Secret } from '../../common/secret.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { type PermissionTicket, PermissionTickets } from './permission-tickets.js';
import { BEGINNING } from './progress.js';
import { NoTokenEvents } from './token-events.fake.js';
import { TokenRevocation } from './token-revocation.js';

const ORDER = {
  pat: { ownerId: 'alice', resourceServer: 'rs1' },
  resourceIdentifier: undefined,
  permissions: [{ resourceId: 'r1', resourceScopes: ['read'] }],
  ticketLifetimeSeconds: 300,
  rptLifetimeSeconds: 900,
  rptFormat: 'opaque' as const,
  requiresResource: false,
};

describeOnEachDatabase('PermissionTickets', (open) => {
  let database: Database<UmaTables>;
  let tickets: PermissionTickets;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    const clock = new FixedClock();
    const revocation = new TokenRevocation(database, clock, new NoTokenEvents());
    tickets = new PermissionTickets(database, clock, revocation, new Sealer(new Secret('key'), 'test'));
  });

  /** What the token endpoint does with a ticket. */
  async function present(handle: string, clientId: string): Promise<PermissionTicket | undefined> {
    const transaction = database.kysely.transaction();
    const ticket = await transaction.execute((within) => tickets.consume(within, handle, clientId));
    if (ticket === undefined) await tickets.noticeMisuse(handle);
    return ticket;
  }

  /** Presents the ticket of a process, and gives its next one. */
  const goOn = (handle: string): Promise<string> =>
    database.kysely.transaction().execute(async (within) => {
      const ticket = await tickets.consume(within, handle, 'c1');
      if (ticket === undefined) throw new Error('The ticket should have been good.');
      return tickets.goOn(within, ticket, { clientId: 'c1', progress: BEGINNING });
    });

  it('closes a process when another client presents its ticket, which is then good for nobody (GRANT-5.5-d)', async () => {
    const next = await goOn(await tickets.begin(database.kysely, { ...ORDER, processId: 'p' }));
    expect(await present(next, 'c2')).toBeUndefined();
    expect(await present(next, 'c1')).toBeUndefined();
  });

  it('closes a process whose ticket comes again: the next one is good for nobody (GRANT-5.5-d)', async () => {
    const first = await tickets.begin(database.kysely, { ...ORDER, processId: 'p' });
    const next = await goOn(first);
    expect(await present(first, 'c1')).toBeUndefined();
    expect(await present(next, 'c1')).toBeUndefined();
  });

  it('waits in no circle when tickets of one process come again at the same moment (GRANT-5.5-d)', async () => {
    for (let round = 0; round < 30; round++) {
      const first = await tickets.begin(database.kysely, { ...ORDER, processId: `p${round}` });
      const next = await goOn(first);
      const presented = [next, first, next, first, next, first].map((handle, place) =>
        present(handle, place === 0 ? 'c1' : `c${place}`),
      );
      const good = (await Promise.all(presented)).filter((ticket) => ticket !== undefined);
      expect(good.length).toBeLessThanOrEqual(1);
      expect(await present(next, 'c1')).toBeUndefined();
    }
  });
});
