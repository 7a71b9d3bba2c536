import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Sealer } from '../../common/sealing.js';
import { Secret } from '../../common/secret.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { type NextStep, type PermissionTicket, PermissionTickets, type TicketOrder } from './permission-tickets.js';
import { BEGINNING, type Progress } from './progress.js';
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
  let clock: FixedClock;
  let tickets: PermissionTickets;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    const revocation = new TokenRevocation(database, clock, new NoTokenEvents());
    tickets = new PermissionTickets(database, clock, revocation, new Sealer(new Secret('key'), 'test'));
  });

  /** What the token endpoint does with a ticket. */
  async function present(handle: string, clientId: string): Promise<PermissionTicket | undefined> {
    const ticket = await database.transaction((within) => tickets.consume(within, handle, clientId));
    if (ticket === undefined) await tickets.noticeMisuse(handle);
    return ticket;
  }

  /** Presents the ticket of a process, and gives its next one. */
  const goOn = (handle: string, step: Partial<NextStep> = {}): Promise<string> =>
    database.transaction(async (within) => {
      const ticket = await tickets.consume(within, handle, 'c1');
      if (ticket === undefined) throw new Error('The ticket should have been good.');
      return tickets.goOn(within, ticket, { clientId: 'c1', progress: BEGINNING, ...step });
    });

  const begin = (changes: Partial<TicketOrder> = {}): Promise<string> =>
    tickets.begin(database.kysely, { ...ORDER, processId: 'p', ...changes });

  const learned: Progress = {
    evidence: { person: { issuer: 'https://as.test', subject: 'bob' }, identifiedMs: 1, untilMs: 2, claims: [] },
    mayKeepClaims: true,
    shareIds: [],
  };

  it('hands on what the process is about, to whichever client comes first and then to that one alone', async () => {
    const order: TicketOrder = {
      ...ORDER,
      processId: 'p',
      resourceIdentifier: 'https://rs.test',
      rptFormat: 'jwt',
      requiresResource: true,
    };
    const first = await begin(order);
    const issuedMs = clock.nowMs();
    clock.advanceMs(1_000);
    const next = await goOn(first, { progress: learned });
    expect(await tickets.peek(next, 'c1')).toEqual({ ...order, progress: learned, issuedMs: issuedMs + 1_000 });
    expect(await present(next, 'c2')).toBeUndefined();
  });

  it.each([
    ['the usual ones', {}, 300],
    ['those that say otherwise', { lifetimeSeconds: 3_600 }, 3_600],
  ])('are good as long as it was said, and not a moment longer: %s', async (_which, step, seconds) => {
    for (const [afterMs, isGood] of [
      [seconds * 1000 - 1, true],
      [seconds * 1000, false],
    ] as const) {
      const handle = await goOn(await begin({ processId: `p${afterMs}` }), step);
      clock.advanceMs(afterMs);
      expect((await tickets.peek(handle, 'c1')) !== undefined).toBe(isGood);
      expect((await present(handle, 'c1')) !== undefined).toBe(isGood);
    }
  });

  it('closes no process for a ticket that has expired unused: its client has only come too late', async () => {
    const handle = await begin();
    const other = await begin();
    clock.advanceMs(299_999);
    const next = await goOn(other);
    clock.advanceMs(1);
    expect(await present(handle, 'c1')).toBeUndefined();
    expect(await present(next, 'c1')).toBeDefined();
  });

  it('shows a ticket to its client alone, and leaves it good', async () => {
    const next = await goOn(await begin());
    expect(await tickets.peek(next, 'c2')).toBeUndefined();
    expect(await tickets.peek('unknown', 'c1')).toBeUndefined();
    expect(await tickets.peek(next, 'c1')).toMatchObject({ processId: 'p' });
    expect(await present(next, 'c1')).toMatchObject({ processId: 'p' });
    expect(await tickets.peek(next, 'c1')).toBeUndefined();
  });

  it('remembers a used ticket, but not what the process had learned by then', async () => {
    const next = await goOn(await begin(), { progress: learned });
    expect(await present(next, 'c1')).toMatchObject({ progress: learned });
    const rows = await database.kysely.selectFrom('uma_ticket').select(['progress', 'consumed_ms']).execute();
    expect(rows).toEqual([
      { progress: null, consumed_ms: clock.nowMs() },
      { progress: null, consumed_ms: clock.nowMs() },
    ]);
  });

  it('ties a ticket to each of the shares whose conditions its process tries to meet', async () => {
    await goOn(await begin(), { progress: { ...learned, shareIds: ['s1', 's2'] } });
    const rows = await database.kysely.selectFrom('uma_ticket_share').select('share_id').orderBy('share_id').execute();
    expect(rows).toEqual([{ share_id: 's1' }, { share_id: 's2' }]);
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
