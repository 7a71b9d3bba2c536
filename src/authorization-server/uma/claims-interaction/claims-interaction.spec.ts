import { describeOnEachDatabase } from '../../../../test/support/databases.js';
import { FixedClock } from '../../../common/clock.fake.js';
import { Sealer } from '../../../common/sealing.js';
import { umaMigrations, type UmaTables } from '../../../database/authorization-server/uma.js';
import type { Database } from '../../../database/database.js';
import { UmaError } from '../../../uma/protocol/uma-error.js';
import type { RegisteredClient, RegisteredClients } from '../../oidc/clients/registered-clients.js';
import type { Decision } from '../../policy/decision.js';
import { DecisionPoint } from '../../policy/decision-point.js';
import type { AccessAssessor } from '../access-assessor.js';
import type { Assessment } from '../assessment.js';
import type { ClaimTokens } from '../claim-tokens/claim-tokens.js';
import type { Evidence } from '../evidence.js';
import { PermissionTickets } from '../permission-tickets.js';
import { PersistedClaims } from '../persisted-claims.js';
import { BEGINNING, type Progress } from '../progress.js';
import type { Requester } from '../requester.js';
import { NoTokenEvents } from '../token-events.fake.js';
import { TokenRevocation } from '../token-revocation.js';
import { OPTIONS } from '../uma-options.fake.js';
import { type ClaimsAnswer, ClaimsInteraction } from './claims-interaction.js';
import type { ClaimsVisit } from './visit-cookie.js';

const AS = 'https://as.test';
const BACK = 'https://client.test/claims';

const account = {
  id: 'bob-1',
  username: 'bob',
  name: 'Bob',
  email: 'bob@example.org',
  emailVerified: true,
  suspended: false,
};

/** A person who is known, without any claims. */
const evidenceOf = (issuer: string, subject: string): Evidence => ({
  person: { issuer, subject },
  identifiedMs: 0,
  untilMs: 1,
  claims: [],
});

class NoDecisions extends DecisionPoint {
  override evaluate(): Promise<readonly Decision[]> {
    return Promise.resolve([]);
  }
}

describeOnEachDatabase('ClaimsInteraction', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let tickets: PermissionTickets;
  let persisted: PersistedClaims;
  let interaction: ClaimsInteraction;
  let clients: Map<string, RegisteredClient>;
  /** What is assessed, and of whom. */
  let assessed: Assessment | Error;
  let requesters: Requester[];

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    const sealer = new Sealer(OPTIONS.secretKey, 'test');
    tickets = new PermissionTickets(database, clock, new TokenRevocation(database, clock, new NoTokenEvents()), sealer);
    persisted = new PersistedClaims(database, clock, OPTIONS, sealer);
    clients = new Map(
      ['c1', 'rs1'].map((clientId) => [
        clientId,
        { clientId, name: clientId, umaScopes: [] } as unknown as RegisteredClient,
      ]),
    );
    assessed = {
      kind: 'need-claims',
      claims: ['email', 'purpose_of_use', 'role'].map((name) => ({ name, issuers: [] })),
      shareIds: ['s1'],
    };
    requesters = [];
    interaction = new ClaimsInteraction(
      database,
      clock,
      { find: (id: string) => Promise.resolve(clients.get(id)) } as unknown as RegisteredClients,
      { issuersFor: () => [AS] } as unknown as ClaimTokens,
      tickets,
      new NoDecisions(),
      {
        assess: (_within: unknown, _ticket: unknown, requester: Requester) => {
          requesters.push(requester);
          return assessed instanceof Error ? Promise.reject(assessed) : Promise.resolve(assessed);
        },
      } as unknown as AccessAssessor,
      persisted,
      OPTIONS,
    );
  });

  /** A ticket of the client `c1`, of a process that has learned something. */
  async function ticket(progress: Progress = BEGINNING): Promise<string> {
    const first = await tickets.begin(database.kysely, {
      ...{ processId: 'p', pat: { ownerId: 'alice', resourceServer: 'rs1' }, resourceIdentifier: undefined },
      ...{ permissions: [], ticketLifetimeSeconds: 300, rptLifetimeSeconds: 900 },
      ...{ rptFormat: 'opaque' as const, requiresResource: false },
    });
    return database.transaction(async (within) => {
      const presented = await tickets.consume(within, first, 'c1');
      if (presented === undefined) throw new Error('The ticket should have been good.');
      return tickets.goOn(within, presented, { clientId: 'c1', progress });
    });
  }

  const begin = (handle: string | undefined): Promise<ClaimsVisit | undefined> =>
    interaction.begin({
      ...{ client: { clientId: 'c1' } as RegisteredClient, redirectUri: BACK, state: 'state', ticket: handle },
    });

  async function visit(progress: Progress = BEGINNING): Promise<ClaimsVisit> {
    const begun = await begin(await ticket(progress));
    if (begun === undefined) throw new Error('The visit should have begun.');
    return begun;
  }

  const person = { account, signedInMs: 0 };
  const answer = (to: ClaimsVisit, changes: Partial<ClaimsAnswer> = {}): Promise<string | undefined> =>
    interaction.answer(to, { person, purpose: undefined, shown: [], remember: true, ...changes });
  const about = (evidence: Evidence, ...shareIds: string[]): Progress => ({ ...BEGINNING, evidence, shareIds });

  /** What a process knows after an answer. */
  async function learned(handle: string | undefined): Promise<Progress | undefined> {
    return (await tickets.peek(handle ?? '', 'c1'))?.progress;
  }

  describe('begins', () => {
    it('with a ticket that is used up by it, and goes on with one that the client never sees', async () => {
      const handle = await ticket(about(evidenceOf(AS, 'bob-1'), 's0'));
      const begun = await begin(handle);
      expect(begun).toMatchObject({ clientId: 'c1', redirectUri: BACK, state: 'state' });
      expect(begun?.ticket).not.toBe(handle);
      expect(await learned(begun?.ticket)).toEqual(about(evidenceOf(AS, 'bob-1'), 's0'));
      expect(await begin(handle)).toBeUndefined();
    });

    it('with no ticket, nor one that nobody knows', async () => {
      expect(await begin(undefined)).toBeUndefined();
      expect(await begin('unknown')).toBeUndefined();
    });

    it('for an hour', async () => {
      const begun = await visit();
      clock.advanceMs(3_599_999);
      expect(await interaction.questionFor(begun, person)).toBeDefined();
      clock.advanceMs(1);
      expect(await interaction.questionFor(begun, person)).toBeUndefined();
    });
  });

  describe('asks', () => {
    it('for what is missing and this server can speak of, and says for whom, about whose resources', async () => {
      expect(await interaction.questionFor(await visit(), person)).toEqual({
        client: clients.get('c1'),
        resourceServer: clients.get('rs1'),
        ownerId: 'alice',
        claims: ['email', 'purpose_of_use'].map((name) => ({ name, issuers: [] })),
        shareIds: ['s1'],
        remembered: false,
        expected: undefined,
      });
    });

    it('for what is missing of the person who is signed in, of whom nothing but who they are is known', async () => {
      await interaction.questionFor(await visit(), person);
      expect(requesters).toMatchObject([
        {
          clientId: 'c1',
          claimIssuers: [AS],
          requestedScopes: [],
          requestingParty: {
            person: { issuer: AS, subject: 'bob-1' },
            claims: [{ name: 'name', value: 'Bob' }],
          },
        },
      ]);
    });

    it('nothing when no claim is missing, or the client asks for what cannot be', async () => {
      const begun = await visit();
      for (const outcome of [{ kind: 'denied' as const }, new UmaError('invalid_grant', 'It is no longer there.')]) {
        assessed = outcome;
        expect(await interaction.questionFor(begun, person)).toMatchObject({ claims: [], shareIds: [] });
      }
    });

    it('nothing at all when something breaks', async () => {
      assessed = new Error('The database is gone.');
      await expect(interaction.questionFor(await visit(), person)).rejects.toThrow('The database is gone.');
    });

    it.each(['c1', 'rs1'])('nobody anything once %s is not registered any more', async (id) => {
      const begun = await visit();
      clients.delete(id);
      expect(await interaction.questionFor(begun, person)).toBeUndefined();
      expect(await answer(begun)).toBeUndefined();
    });

    it.each([
      ['the person who is signed in', evidenceOf(AS, 'bob-1'), undefined],
      ['somebody else of this server', evidenceOf(AS, 'carol-1'), { issuer: AS, subject: 'carol-1' }],
      ['somebody whom another issuer names', evidenceOf('https://idp.test', 'carol-1'), undefined],
    ])('whether %s is the one whom the client meant', async (_who, meant, expected) => {
      const question = await interaction.questionFor(await visit(about(meant)), person);
      expect(question?.expected).toEqual(expected);
    });
  });

  describe('is answered', () => {
    it('by what the person was shown and agreed to tell, for as long as claims count', async () => {
      const next = await answer(await visit(), { purpose: 'HRESCH', shown: ['email'] });
      const untilMs = clock.nowMs() + 86_400_000;
      const claim = (name: string, value: string) => ({ name, value, issuer: AS, untilMs });
      expect(await learned(next)).toEqual({
        evidence: {
          person: { issuer: AS, subject: 'bob-1' },
          identifiedMs: clock.nowMs(),
          untilMs,
          claims: [claim('name', 'Bob'), claim('email', 'bob@example.org')],
        },
        mayKeepClaims: true,
        shareIds: ['s1'],
      });
    });

    it('in addition to what was known, and for the shares of before, too', async () => {
      const known = { ...evidenceOf(AS, 'bob-1'), claims: [{ name: 'role', value: 'x', issuer: AS, untilMs: 1 }] };
      const next = await answer(await visit({ ...about(known, 's0', 's1'), pollSeconds: 7 }), { shown: ['email'] });
      const progress = await learned(next);
      expect(progress?.evidence?.claims.map(({ name }) => name)).toEqual(['role', 'name', 'email']);
      expect(progress?.shareIds).toEqual(['s0', 's1']);
      expect(progress?.pollSeconds).toBe(7);
    });

    it('once', async () => {
      const begun = await visit();
      expect(await answer(begun)).toBeDefined();
      expect(await answer(begun)).toBeUndefined();
    });

    it('once, also when the form is sent twice at the same moment', async () => {
      const begun = await visit();
      const answers = await Promise.all([answer(begun), answer(begun)]);
      expect(answers.filter((next) => next !== undefined)).toHaveLength(1);
    });

    it('not by somebody else than the client meant, who uses nothing up by it', async () => {
      const begun = await visit(about(evidenceOf(AS, 'carol-1')));
      expect(await answer(begun)).toBeUndefined();
      const carol = { account: { ...account, id: 'carol-1' }, signedInMs: 0 };
      expect(await answer(begun, { person: carol })).toBeDefined();
    });

    it('by who does not want to be remembered, and is forgotten by this client alone, and nobody else with them', async () => {
      const keep = (subject: string, clientId: string): Promise<unknown> =>
        database.transaction((within) => {
          const kept = { ...about(evidenceOf(AS, subject)), mayKeepClaims: true };
          return persisted.keep(within, { clientId, processId: 'before' }, kept, undefined);
        });
      await keep('bob-1', 'c1');
      await keep('bob-1', 'c2');
      await keep('carol-1', 'c1');
      await answer(await visit(), { remember: true });
      expect([...(await persisted.clientsOf({ issuer: AS, subject: 'bob-1' }))].sort()).toEqual(['c1', 'c2']);
      const next = await answer(await visit(), { remember: false });
      expect(await learned(next)).toMatchObject({ mayKeepClaims: false });
      expect(await persisted.clientsOf({ issuer: AS, subject: 'bob-1' })).toEqual(['c2']);
      expect(await persisted.clientsOf({ issuer: AS, subject: 'carol-1' })).toEqual(['c1']);
    });
  });

  it('ends when the person cancels: there is nothing to ask or answer any more', async () => {
    const begun = await visit();
    await interaction.cancel(begun);
    expect(await interaction.questionFor(begun, person)).toBeUndefined();
    expect(await answer(begun)).toBeUndefined();
  });
});
