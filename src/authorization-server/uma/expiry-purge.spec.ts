import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { ExpiryPurge } from './expiry-purge.js';
import { type PermissionTicket, PermissionTickets } from './permission-tickets.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';

const OPTIONS = {
  issuer: 'https://as.test',
  secretKey: new Secret('key'),
  ticketLifetimeSeconds: 300,
  rptLifetimeSeconds: 900,
};

const TICKET = {
  processId: 'process-1',
  pat: { ownerId: 'alice', resourceServer: 'rs1' },
  resourceIdentifier: undefined,
  permissions: [{ resourceId: 'r1', resourceScopes: ['read'] }],
  ticketLifetimeSeconds: 300,
  rptLifetimeSeconds: 900,
};

describeOnEachDatabase('ExpiryPurge', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let purge: ExpiryPurge;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    purge = new ExpiryPurge(database, clock, OPTIONS);
  });

  async function counts(): Promise<Record<string, number>> {
    const tables = ['uma_ticket', 'uma_process', 'uma_rpt', 'uma_rpt_permission'] as const;
    const found = tables.map(async (table) => {
      const { count } = await database.kysely
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return [table, count] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  }

  /** What a token can rest on. */
  async function shareResource(): Promise<void> {
    const shared = { owner_id: 'alice', created_ms: 0, resource_server: 'rs1' };
    await database.kysely
      .insertInto('uma_resource')
      .values({ ...shared, id: 'r1', description: '{}' })
      .execute();
    await database.kysely
      .insertInto('share')
      .values({
        id: 's1',
        owner_id: 'alice',
        resource_id: 'r1',
        grantee_issuer: 'https://as.test',
        grantee_subject: 'bob',
        scopes: '["read"]',
        starts_ms: null,
        expires_ms: null,
        created_ms: 0,
      })
      .execute();
  }

  const issueTicket = (): Promise<string> => new PermissionTickets(clock).issue(database.kysely, TICKET);

  const present = (handle: string): Promise<PermissionTicket | undefined> =>
    database.kysely.transaction().execute((within) => new PermissionTickets(clock).consume(within, handle, 'c1'));

  async function issueToken(): Promise<void> {
    const permissions = [{ resourceId: 'r1', scopes: ['read'], shareId: 's1', untilMs: undefined }];
    const requestingParty = { issuer: 'https://as.test', subject: 'bob' };
    const order = { ticket: TICKET, clientId: 'c1', requestingParty, permissions };
    const rpts = new RequestingPartyTokens(database, clock);
    await database.kysely.transaction().execute((within) => rpts.issue(within, order));
  }

  /** A ticket that was redeemed for a token. */
  async function redeemedTicket(): Promise<void> {
    await shareResource();
    await present(await issueTicket());
    await issueToken();
  }

  /** Tickets of one process: each is presented at its last moment, and followed by the next. */
  async function chainOfTickets(): Promise<{ first: string; last: string }> {
    const first = await issueTicket();
    let last = first;
    for (let successors = 0; successors < 7; successors++) {
      clock.advanceMs(299_999);
      await purge.purge();
      await present(last);
      last = await issueTicket();
    }
    return { first, last };
  }

  it('keeps what may still be used', async () => {
    await redeemedTicket();
    clock.advanceMs(899_000);
    await purge.purge();
    expect(await counts()).toEqual({ uma_ticket: 1, uma_process: 1, uma_rpt: 1, uma_rpt_permission: 1 });
  });

  it('deletes a token with its permissions once it has expired, and remembers its ticket for a while', async () => {
    await redeemedTicket();
    clock.advanceMs(900_000);
    await purge.purge();
    expect(await counts()).toEqual({ uma_ticket: 1, uma_process: 1, uma_rpt: 0, uma_rpt_permission: 0 });
  });

  it('remembers the first ticket of a process as long as the last one may be presented (GRANT-5.5-d)', async () => {
    const { first, last } = await chainOfTickets();
    clock.advanceMs(299_999);
    await purge.purge();
    expect(await present(first)).toBeUndefined();
    expect(await present(last)).toBeUndefined();
  });

  it('remembers the first ticket of a process as long as there is a token of it (GRANT-5.5-d)', async () => {
    await shareResource();
    const { first, last } = await chainOfTickets();
    await present(last);
    await issueToken();
    clock.advanceMs(899_000);
    await purge.purge();
    expect(await counts()).toMatchObject({ uma_rpt: 1 });
    expect(await present(first)).toBeUndefined();
    expect(await counts()).toMatchObject({ uma_rpt: 0 });
  });

  it('forgets all tickets of a process once none of them can be presented any more', async () => {
    await chainOfTickets();
    clock.advanceMs(1_200_000);
    await purge.purge();
    expect(await counts()).toMatchObject({ uma_ticket: 0, uma_process: 0 });
  });

  it('forgets a ticket and its process when nothing that came out of it can be left', async () => {
    await redeemedTicket();
    clock.advanceMs(1_200_000);
    await purge.purge();
    expect(await counts()).toEqual({ uma_ticket: 0, uma_process: 0, uma_rpt: 0, uma_rpt_permission: 0 });
  });
});
