import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import type { RequestedPermission } from '../../uma/protocol/permission-request.js';
import type { Decision, Evaluation } from '../policy/decision.js';
import { DecisionPoint } from '../policy/decision-point.js';
import { AccessAssessor } from './access-assessor.js';
import type { Assessment } from './assessment.js';
import { BEGINNING } from './progress.js';
import type { Requester } from './requester.js';
import { OPTIONS } from './uma-options.fake.js';

const PAT = { ownerId: 'alice', resourceServer: 'rs1' };
const BOB = { person: { issuer: 'https://as.test', subject: 'bob' }, claims: [] };

/** Permits what it is told to, and remembers what it was asked. */
class Permitting extends DecisionPoint {
  readonly asked: Evaluation[] = [];
  permitted: readonly string[] = [];

  override evaluate(evaluations: readonly Evaluation[]): Promise<readonly Decision[]> {
    this.asked.push(...evaluations);
    return Promise.resolve(evaluations.map((evaluation) => this.decide(evaluation)));
  }

  private decide({ resource: { id }, action: { name } }: Evaluation): Decision {
    if (!this.permitted.includes(`${id} ${name}`)) {
      return { decision: false, context: { outcome: 'deny', rule: { kind: 'no-share' } } };
    }
    const rule = { kind: 'share', id: `share-of-${id}` } as const;
    return { decision: true, context: { outcome: 'permit', rule, shareId: rule.id, untilMs: undefined } };
  }
}

describeOnEachDatabase('AccessAssessor', (open) => {
  let database: Database<UmaTables>;
  let point: Permitting;
  let assessor: AccessAssessor;
  const clock = new FixedClock();

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    point = new Permitting();
    assessor = new AccessAssessor(clock, point, OPTIONS);
    for (const [id, description] of [
      ['r1', { resource_scopes: ['read', 'write'], type: 'heart' }],
      ['r2', { resource_scopes: ['read', 'print'] }],
    ] as const) {
      await database.kysely
        .insertInto('uma_resource')
        .values({
          ...{ id, owner_id: 'alice', resource_server: 'rs1', created_ms: 0 },
          description: JSON.stringify(description),
        })
        .execute();
    }
  });

  function assess(
    permissions: readonly RequestedPermission[],
    { scopes = [], held = [] }: { scopes?: readonly string[]; held?: readonly string[] } = {},
  ): Promise<Assessment> {
    const ticket = {
      ...{ processId: 'p', pat: PAT, resourceIdentifier: undefined, permissions, progress: BEGINNING, issuedMs: 0 },
      ...{ ticketLifetimeSeconds: 300, rptLifetimeSeconds: 900, rptFormat: 'opaque' as const, requiresResource: false },
    };
    const requester: Requester = {
      clientId: 'c1',
      claimIssuers: ['https://idp.test'],
      requestedScopes: scopes,
      registeredScopes: ['read', 'write', 'print'],
      requestingParty: BOB,
      ownerWasAsked: false,
    };
    return database.transaction((within) => assessor.assess(within, ticket, requester, held));
  }

  const R1 = { resourceId: 'r1', resourceScopes: ['read', 'write'] };
  const R2 = { resourceId: 'r2', resourceScopes: ['read'] };

  it('asks about each scope of each resource: who, at which resource of what type, through which client, now', async () => {
    await assess([R1, R2]);
    const context = { atMs: clock.nowMs(), clientId: 'c1', claimIssuers: ['https://idp.test'] };
    const r1 = { id: 'r1', type: 'heart', ...PAT };
    const r2 = { id: 'r2', type: undefined, ...PAT };
    expect(point.asked).toEqual([
      { subject: BOB, action: { name: 'read' }, resource: r1, context },
      { subject: BOB, action: { name: 'write' }, resource: r1, context },
      { subject: BOB, action: { name: 'read' }, resource: r2, context },
    ]);
  });

  it('gives each resource what was decided about it, and nothing that was decided about another', async () => {
    point.permitted = ['r1 read', 'r1 write'];
    expect(await assess([R1, R2])).toEqual({ kind: 'denied' });
    point.permitted = ['r1 read', 'r1 write', 'r2 read'];
    expect(await assess([R1, R2])).toMatchObject({
      kind: 'granted',
      permissions: [
        { resourceId: 'r1', shareId: 'share-of-r1', scopes: ['read', 'write'] },
        { resourceId: 'r2', shareId: 'share-of-r2', scopes: ['read'] },
      ],
    });
  });

  it('finds a scope that the client asks for at the resources of the ticket alone, not at those it only holds', async () => {
    point.permitted = ['r1 read', 'r1 write', 'r2 print'];
    await expect(assess([R1], { scopes: ['print'], held: ['r2'] })).rejects.toMatchObject({ code: 'invalid_scope' });
    expect(await assess([R1], { held: ['r2'] })).toMatchObject({
      kind: 'granted',
      permissions: [{ resourceId: 'r1' }],
    });
    expect(point.asked.map(({ resource }) => resource.id)).not.toContain('r2');
  });

  it('grants nothing for a ticket whose resource is no longer registered', async () => {
    await expect(assess([R1, { ...R2, resourceId: 'r3' }])).rejects.toMatchObject({ code: 'invalid_grant' });
    expect(point.asked).toEqual([]);
  });
});
