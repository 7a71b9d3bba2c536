import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { Sealer } from '../../common/sealing.js';
import { FixedClock } from '../../common/clock.fake.js';
import { oidcMigrations, type OidcTables } from '../../database/authorization-server/oidc.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { SharedSecrets } from '../oidc/keys/shared-secrets.js';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { TokenSigner } from '../oidc/keys/token-signer.js';
import { ExpiryPurge } from './expiry-purge.js';
import { FormerTokens } from './former-tokens.js';
import { type PermissionTicket, PermissionTickets } from './permission-tickets.js';
import { PersistedClaims } from './persisted-claims.js';
import { BEGINNING } from './progress.js';
import { RequestingPartyTokens } from './requesting-party-tokens.js';
import { RptWriter } from './rpt-writer.js';
import { NoTokenEvents } from './token-events.fake.js';
import { TokenRevocation } from './token-revocation.js';
import { OPTIONS } from './uma-options.fake.js';

const TICKET = {
  processId: 'process-1',
  pat: { ownerId: 'alice', resourceServer: 'rs1' },
  resourceIdentifier: undefined,
  permissions: [{ resourceId: 'r1', resourceScopes: ['read'] }],
  ticketLifetimeSeconds: 300,
  rptLifetimeSeconds: 900,
  rptFormat: 'opaque' as const,
  requiresResource: false,
};

const sealer = new Sealer(OPTIONS.secretKey, 'test');

describeOnEachDatabase('ExpiryPurge', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let purge: ExpiryPurge;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    purge = new ExpiryPurge(database, clock, OPTIONS);
  });

  const TABLES = ['uma_ticket', 'uma_rpt', 'uma_rpt_permission', 'uma_pct', 'used_claim_token'] as const;
  type Counts = Record<(typeof TABLES)[number], number>;

  /** So many rows, and none in any other table. */
  const only = (rows: Partial<Counts>): Counts => ({
    uma_ticket: 0,
    uma_rpt: 0,
    uma_rpt_permission: 0,
    uma_pct: 0,
    used_claim_token: 0,
    ...rows,
  });

  async function counts(): Promise<Record<string, number>> {
    const found = TABLES.map(async (table) => {
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
        target: 'r1',
        resource_id: 'r1',
        resource_type: null,
        grantee_kind: 'person',
        grantee_key: 'bob',
        grantee: '{}',
        scopes: '["read"]',
        clients: null,
        purposes: null,
        paused: 0,
        starts_ms: null,
        expires_ms: null,
        created_ms: 0,
      })
      .execute();
  }

  const tickets = (): PermissionTickets => new PermissionTickets(database, clock, revocation(), sealer);

  const formerTokens = (): FormerTokens => new FormerTokens(database, clock);

  const revocation = (): TokenRevocation => new TokenRevocation(database, clock, new NoTokenEvents());

  const issueTicket = (): Promise<string> => tickets().begin(database.kysely, TICKET);

  async function present(handle: string): Promise<PermissionTicket | undefined> {
    const ticket = await database.transaction((within) => tickets().consume(within, handle, 'c1'));
    if (ticket === undefined) await tickets().noticeMisuse(handle);
    return ticket;
  }

  const goOn = (ticket: PermissionTicket): Promise<string> =>
    database.transaction((within) => tickets().goOn(within, ticket, { clientId: 'c1', progress: BEGINNING }));

  async function writer(): Promise<RptWriter> {
    const keys = await open<OidcTables>(oidcMigrations);
    const secrets = new SharedSecrets(keys, sealer, clock);
    return new RptWriter(new TokenSigner(await SigningKeys.load(secrets)), OPTIONS);
  }

  const inProgress = { ...TICKET, progress: BEGINNING, issuedMs: 0 };

  async function issueToken(refreshable = false): Promise<void> {
    const permissions = [{ resourceId: 'r1', scopes: ['read'], shareId: 's1', untilMs: undefined }];
    const requestingParty = { issuer: 'https://as.test', subject: 'bob' };
    const order = { ticket: inProgress, clientId: 'c1', requestingParty, permissions, refreshable };
    const rpts = new RequestingPartyTokens(database, clock, formerTokens(), revocation(), await writer(), OPTIONS);
    await database.transaction((within) =>
      rpts.issue(within, { ...order, keyThumbprint: undefined, former: undefined }),
    );
  }

  async function keepClaims(): Promise<void> {
    const evidence = {
      person: { issuer: 'https://as.test', subject: 'bob' },
      identifiedMs: 0,
      untilMs: Infinity,
      claims: [],
    };
    const progress = { evidence, mayKeepClaims: true, shareIds: ['s1'] };
    const place = { clientId: 'c1', processId: TICKET.processId };
    await database.transaction((within) =>
      new PersistedClaims(database, clock, OPTIONS, sealer).keep(within, place, progress, undefined),
    );
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
      const presented = await present(last);
      if (presented === undefined) throw new Error('The ticket should have been good.');
      last = await goOn(presented);
    }
    return { first, last };
  }

  it('keeps what may still be used', async () => {
    await redeemedTicket();
    clock.advanceMs(899_000);
    await purge.purge();
    expect(await counts()).toEqual(only({ uma_ticket: 1, uma_rpt: 1, uma_rpt_permission: 1 }));
  });

  it('deletes a token with its permissions once it has expired, and remembers its ticket for a while', async () => {
    await redeemedTicket();
    clock.advanceMs(900_000);
    await purge.purge();
    expect(await counts()).toEqual(only({ uma_ticket: 1 }));
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
    expect(await counts()).toEqual(only({ uma_ticket: 8, uma_rpt: 1, uma_rpt_permission: 1 }));
    expect(await present(first)).toBeUndefined();
    expect(await counts()).toEqual(only({ uma_ticket: 8 }));
  });

  it('forgets all tickets of a process once none of them can be presented any more', async () => {
    await chainOfTickets();
    clock.advanceMs(1_200_000);
    await purge.purge();
    expect(await counts()).toEqual(only({}));
  });

  it('forgets a ticket and its process when nothing that came out of it can be left', async () => {
    await redeemedTicket();
    clock.advanceMs(1_200_000);
    await purge.purge();
    expect(await counts()).toEqual(only({}));
  });

  it('keeps an expired token as long as it can be renewed', async () => {
    await shareResource();
    await issueToken(true);
    clock.advanceMs(86_399_000);
    await purge.purge();
    expect(await counts()).toEqual(only({ uma_rpt: 1, uma_rpt_permission: 1 }));
    clock.advanceMs(1_000);
    await purge.purge();
    expect(await counts()).toEqual(only({}));
  });

  it('remembers the tickets of a process as long as claims are kept that came out of it', async () => {
    await present(await issueTicket());
    await keepClaims();
    clock.advanceMs(86_399_000);
    await purge.purge();
    expect(await counts()).toEqual(only({ uma_ticket: 1, uma_pct: 1 }));
    clock.advanceMs(1_000);
    await purge.purge();
    expect(await counts()).toEqual(only({}));
  });

  it('forgets answered access requests as soon as the owner may be asked again', async () => {
    await shareResource();
    const request = {
      owner_id: 'alice',
      resource_id: 'r1',
      requester_issuer: 'https://as.test',
      client_id: 'c1',
      scopes: '["write"]',
      created_ms: clock.nowMs(),
      refused_scopes: '[]',
    };
    await database.kysely
      .insertInto('access_request')
      .values([
        { ...request, id: 'a1', requester_subject: 'bob', status: 'refused', decided_ms: clock.nowMs() },
        { ...request, id: 'a2', requester_subject: 'carol', status: 'approved', decided_ms: clock.nowMs() },
        { ...request, id: 'a3', requester_subject: 'dora', status: 'pending', decided_ms: null },
        { ...request, id: 'a4', requester_subject: 'eve', status: 'pending', decided_ms: clock.nowMs() },
      ])
      .execute();
    const left = async (): Promise<readonly string[]> =>
      (await database.kysely.selectFrom('access_request').select('id').orderBy('id').execute()).map(({ id }) => id);
    clock.advanceMs(86_399_999);
    await purge.purge();
    expect(await left()).toEqual(['a1', 'a2', 'a3', 'a4']);
    clock.advanceMs(1);
    await purge.purge();
    expect(await left()).toEqual(['a3', 'a4']);
  });

  it('forgets which claim tokens were used once they have expired themselves', async () => {
    await database.kysely
      .insertInto('used_claim_token')
      .values({ digest: 'one', expires_at: clock.nowSeconds() + 60 })
      .execute();
    await purge.purge();
    expect(await counts()).toEqual(only({ used_claim_token: 1 }));
    clock.advanceMs(60_000);
    await purge.purge();
    expect(await counts()).toEqual(only({}));
  });
});
