import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Sealer } from '../../common/sealing.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { RegisteredClient } from '../oidc/clients/registered-clients.js';
import type { ClaimRequirement } from '../policy/claims.js';
import { AccessRequests, MOST_PENDING } from './access-requests.js';
import type { Assessment } from './assessment.js';
import type { ClaimTokens } from './claim-tokens/claim-tokens.js';
import { REMEMBERED_POLLS } from './former-polls.js';
import { type PermissionTicket, PermissionTickets } from './permission-tickets.js';
import type { Progress } from './progress.js';
import { Refusals } from './refusals.js';
import { NoTokenEvents } from './token-events.fake.js';
import { TokenRevocation } from './token-revocation.js';
import { OPTIONS } from './uma-options.fake.js';

const DAY_MS = 86_400_000;
const BOB = { issuer: 'https://as.test', subject: 'bob' };
const KNOWN: Progress = {
  evidence: { person: BOB, identifiedMs: 0, untilMs: 1, claims: [] },
  mayKeepClaims: true,
  shareIds: ['s1'],
};

const NEED_CLAIMS: Assessment = {
  kind: 'need-claims',
  claims: [{ name: 'email', issuers: [] }],
  shareIds: ['s1', 's2'],
};

describeOnEachDatabase('Refusals', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let tickets: PermissionTickets;
  let refusals: Refusals;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    const revocation = new TokenRevocation(database, clock, new NoTokenEvents());
    tickets = new PermissionTickets(database, clock, revocation, new Sealer(OPTIONS.secretKey, 'test'));
    const claimTokens = {
      hints: (claims: readonly ClaimRequirement[], { clientId }: RegisteredClient) => [clientId, ...claims],
    } as unknown as ClaimTokens;
    refusals = new Refusals(database, clock, tickets, claimTokens, new AccessRequests(database, clock), OPTIONS);
    await database.kysely
      .insertInto('uma_resource')
      .values({ id: 'r1', owner_id: 'alice', resource_server: 'rs1', description: '{}', created_ms: 0 })
      .execute();
  });

  const begin = (processId = 'p'): Promise<string> =>
    tickets.begin(database.kysely, {
      ...{ processId, pat: { ownerId: 'alice', resourceServer: 'rs1' }, resourceIdentifier: undefined },
      ...{ permissions: [], ticketLifetimeSeconds: 300, rptLifetimeSeconds: 900 },
      ...{ rptFormat: 'opaque' as const, requiresResource: false },
    });

  /** Presents a ticket, for which there is a refusal. @param progress what is known by then; else what the ticket tells */
  function refuse(
    handle: string,
    assessment: Assessment,
    { progress, claimsRedirectUris = [] }: { progress?: Progress; claimsRedirectUris?: readonly string[] } = {},
  ): Promise<UmaError> {
    const client = { clientId: 'c1', claimsRedirectUris } as unknown as RegisteredClient;
    return database.transaction(async (within) => {
      const ticket = await tickets.consume(within, handle, 'c1');
      if (ticket === undefined) throw new Error('The ticket should have been good.');
      return refusals.explain(within, { client, ticket, progress: progress ?? ticket.progress }, assessment);
    });
  }
  const peek = ({ members }: UmaError): Promise<PermissionTicket | undefined> =>
    tickets.peek(String(members['ticket']), 'c1');
  const ask = (handle: string, progress?: Progress): Promise<UmaError> =>
    refuse(
      handle,
      { kind: 'need-owner', wanted: [{ resourceId: 'r1', resourceScopes: ['read'] }] },
      progress ? { progress } : {},
    );

  it('denies without a next ticket', async () => {
    const refusal = await refuse(await begin(), { kind: 'denied' });
    expect(refusal).toMatchObject({ code: 'request_denied', members: {} });
    const rows = await database.kysely.selectFrom('uma_ticket').select('consumed_ms').execute();
    expect(rows).toEqual([{ consumed_ms: clock.nowMs() }]);
  });

  describe('that ask for claims', () => {
    it('say which, and give a ticket that goes on for those shares with what is known', async () => {
      const refusal = await refuse(await begin(), NEED_CLAIMS, { progress: KNOWN });
      const ticket = refusal.members['ticket'];
      expect(refusal).toMatchObject({ code: 'need_info' });
      expect(refusal.members).toEqual({ ticket, required_claims: ['c1', { name: 'email', issuers: [] }] });
      expect(await peek(refusal)).toMatchObject({ processId: 'p', progress: { ...KNOWN, shareIds: ['s1', 's2'] } });
    });

    it('name the claims interaction endpoint to a client that has somewhere to come back to', async () => {
      const refusal = await refuse(await begin(), NEED_CLAIMS, { claimsRedirectUris: ['https://client.test/back'] });
      expect(refusal.members['redirect_user']).toBe('https://as.test/uma/claims');
    });
  });

  describe('that ask the owner', () => {
    it('put the request before them, and have the client come again, within a day', async () => {
      const refusal = await ask(await begin(), KNOWN);
      expect(refusal).toMatchObject({ code: 'request_submitted', members: { interval: 5 } });
      expect(await database.kysely.selectFrom('access_request').selectAll().execute()).toMatchObject([
        {
          ...{ owner_id: 'alice', resource_id: 'r1', client_id: 'c1', scopes: '["read"]', status: 'pending' },
          ...{ requester_issuer: BOB.issuer, requester_subject: 'bob', created_ms: clock.nowMs() },
        },
      ]);
      clock.advanceMs(DAY_MS - 1);
      expect(await peek(refusal)).toMatchObject({ progress: { ...KNOWN, pollSeconds: 5 } });
      clock.advanceMs(1);
      expect(await peek(refusal)).toBeUndefined();
    });

    it('let the client wait longer from time to time', async () => {
      const first = await ask(await begin(), KNOWN);
      clock.advanceMs(5_000);
      const second = await ask(String(first.members['ticket']));
      expect(second.members['interval']).toBe(6);
      expect((await ask(String(second.members['ticket']))).members['interval']).toBe(12);
    });

    it('deny when the owner has too much to look through already', async () => {
      const wanted = Array.from({ length: MOST_PENDING + 1 }, () => ({ resourceId: 'r1', resourceScopes: [] }));
      const refusal = await refuse(await begin(), { kind: 'need-owner', wanted }, { progress: KNOWN });
      expect(refusal).toMatchObject({ code: 'request_denied', members: {} });
    });

    it('are none where nobody knows who asks', async () => {
      await expect(ask(await begin())).rejects.toThrow('Nobody asks');
    });

    it('remember the last tickets with which a client came again, and all from before it waited', async () => {
      const first = await begin();
      const other = await ask(await begin('q'), KNOWN);
      const informed = await refuse(first, NEED_CLAIMS, { progress: KNOWN });
      const handles = [first, String(informed.members['ticket'])];
      for (let poll = 0; poll < REMEMBERED_POLLS + 5; poll++) {
        clock.advanceMs(60_000);
        const submitted = await ask(handles.at(-1) ?? '');
        handles.push(String(submitted.members['ticket']));
      }
      const rows = await database.kysely.selectFrom('uma_ticket').select('handle_digest').execute();
      // The two from before, those that are remembered, and the open ones of both processes; and the used one of the other.
      expect(rows).toHaveLength(2 + REMEMBERED_POLLS + 1 + 2);
      expect(await peek(other)).toBeDefined();
      await tickets.noticeMisuse(handles.at(-REMEMBERED_POLLS - 2) ?? '');
      expect(await tickets.peek(handles.at(-1) ?? '', 'c1')).toBeDefined();
      await tickets.noticeMisuse(handles.at(-REMEMBERED_POLLS - 1) ?? '');
      expect(await tickets.peek(handles.at(-1) ?? '', 'c1')).toBeUndefined();
    });
  });
});
