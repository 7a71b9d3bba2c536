import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { ExpiryPurge } from './expiry-purge.js';
import { PermissionTickets } from './permission-tickets.js';
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

  /** A ticket that was redeemed for a token. */
  async function redeemedTicket(): Promise<void> {
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
    const tickets = new PermissionTickets(clock);
    const handle = await tickets.issue(database.kysely, TICKET);
    await database.kysely.transaction().execute(async (within) => {
      await tickets.consume(within, handle, 'c1');
      await new RequestingPartyTokens(database, clock).issue(within, {
        ticket: TICKET,
        clientId: 'c1',
        requestingParty: { issuer: 'https://as.test', subject: 'bob' },
        permissions: [{ resourceId: 'r1', scopes: ['read'], shareId: 's1', untilMs: undefined }],
      });
    });
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

  it('forgets a ticket and its process when nothing that came out of it can be left', async () => {
    await redeemedTicket();
    clock.advanceMs(1_200_000);
    await purge.purge();
    expect(await counts()).toEqual({ uma_ticket: 0, uma_process: 0, uma_rpt: 0, uma_rpt_permission: 0 });
  });
});
