import { CompiledQuery, type DatabaseConnection, sql, type Transaction } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { oidcMigrations } from '../../database/authorization-server/oidc.js';
import { policyMigrations } from '../../database/authorization-server/policies.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { Turn } from '../../database/group-commit.driver.js';
import type { Evaluation } from './decision.js';
import { ScopePolicies } from './scope-policies/scope-policies.js';
import { ScopePolicyDecisionPoint } from './scope-policies/scope-policy.decision-point.js';
import { ShareDecisionPoint } from './share.decision-point.js';

const AS = 'https://as.test';
const SIZES = [1_000, 100_000] as const;

/** What one decision asked the database for. */
interface Effort {
  readonly statements: readonly CompiledQuery[];
  /** How many rows came back, statement by statement. */
  readonly rows: readonly number[];
  /** How the database found them. */
  readonly plans: readonly unknown[];
}

describeOnEachDatabase('a decision', (open) => {
  let database: Database<UmaTables>;
  const clock = new FixedClock();

  beforeAll(async () => {
    database = await open<UmaTables>({ ...oidcMigrations, ...umaMigrations, ...policyMigrations });
  });

  /** Makes owners with a hundred resources each, all of one type, each of which is shared, asked for and blocked for. */
  async function growTo(size: number, from: number): Promise<void> {
    const numbers = sql`with recursive n(i) as (select ${sql.lit(from)} union all select i + 1 from n where i < ${sql.lit(size)})`;
    const statements = [
      sql`insert into uma_resource (id, owner_id, resource_server, description, created_ms)
        ${numbers} select 'r' || i, 'owner' || (i / 100), 'rs1', '{"resource_scopes":["read"]}', 0 from n`,
      sql`insert into share (id, owner_id, target, resource_id, resource_type, grantee_kind, grantee_key, grantee, scopes,
          paused, created_ms)
        ${numbers} select 's' || i, 'owner' || (i / 100), 'r' || i, 'r' || i, null, 'person', '["https://as.test","p' || i || '"]',
          '{"kind":"person","person":{"issuer":"https://as.test","subject":"p' || i || '"}}', '["read"]', 0, 0 from n`,
      sql`insert into blocked_person (id, owner_id, issuer, subject, created_ms)
        ${numbers} select 'b' || i, 'owner' || (i / 100), 'https://as.test', 'q' || i, 0 from n`,
      sql`insert into sharing_settings (owner_id, accepts_requests, paused)
        ${numbers} select 'owner-with-settings' || i, 1, 0 from n`,
      sql`insert into access_request (id, owner_id, resource_id, requester_issuer, requester_subject, client_id, scopes,
          status, created_ms, refused_scopes)
        ${numbers} select 'a' || i, 'owner' || (i / 100), 'r' || i, 'https://as.test', 'p' || i, 'viewer', '[]', 'pending', 0,
          '[]' from n`,
      sql`insert into account (id, username, password, name, email, email_verified, created_ms)
        ${numbers} select 'p' || i, 'p' || i, '', '', '', 1, 0 from n`,
    ];
    for (const statement of statements) await statement.execute(database.kysely);
    await sql`analyze`.execute(database.kysely);
  }

  async function decide(): Promise<Effort> {
    const statements: CompiledQuery[] = [];
    const rows: number[] = [];
    const decisionPoint = new ScopePolicyDecisionPoint(
      new ShareDecisionPoint(database, AS, [AS]),
      new ScopePolicies(),
      [AS],
    );
    return database.transaction(async (within) => {
      const connection = await within.getExecutor().provideConnection((provided) => Promise.resolve(provided));
      const noted = <Result extends { readonly rows: readonly unknown[] }>(query: CompiledQuery, result: Result) => {
        statements.push(query);
        rows.push(result.rows.length);
        return result;
      };
      const watch = connection instanceof Turn ? watchTurn(connection, noted) : watchConnection(connection, noted);
      const [decision, refusal] = await decisionPoint.evaluate(
        [questionBy('p500'), questionBy('p500', 'r501')],
        within,
      );
      watch.mockRestore();
      expect(statements.length).toBeGreaterThanOrEqual(3);
      expect(decision?.context).toMatchObject({ outcome: 'permit', shareId: 's500' });
      expect(refusal?.context).toMatchObject({ rule: { kind: 'no-share' } });
      const plans: unknown[] = [];
      for (const statement of statements) plans.push(await planOf(statement, within));
      return { statements, rows, plans };
    });
  }

  const questionBy = (subject: string, id = 'r500'): Evaluation => ({
    subject: { person: { issuer: AS, subject }, claims: [{ name: 'email', value: 'p@example.org', issuer: AS }] },
    action: { name: 'read' },
    resource: { id, type: 'heart', ownerId: 'owner5', resourceServer: 'rs1' },
    context: { atMs: clock.nowMs(), clientId: 'viewer' },
  });

  /** On PostgreSQL the number of rows that were looked at; on SQLite the steps, of which none reads a whole table. */
  async function planOf({ sql: text, parameters }: CompiledQuery, within: Transaction<UmaTables>): Promise<unknown> {
    const explain = open.dialect === 'postgres' ? 'explain (analyze, format json) ' : 'explain query plan ';
    const { rows } = await within.executeQuery<Record<string, unknown>>(
      CompiledQuery.raw(explain + text, [...parameters]),
    );
    if (open.dialect === 'sqlite') return rows.map(({ detail }) => detail);
    const [{ Plan } = { Plan: {} }] = rows[0]?.['QUERY PLAN'] as { Plan: PlanNode }[];
    return rowsLookedAt(Plan);
  }

  it('makes the same statements, and looks at the same rows, at 1,000 shares and at 100,000', async () => {
    await growTo(SIZES[0], 1);
    const few = await decide();
    await growTo(SIZES[1], SIZES[0] + 1);
    const many = await decide();
    expect(few.statements.map(({ sql: text }) => text)).toEqual(many.statements.map(({ sql: text }) => text));
    expect(few.statements.length).toBeLessThanOrEqual(4);
    expect(many.rows).toEqual(few.rows);
    if (open.dialect === 'sqlite') {
      expect(many.plans).toEqual(few.plans);
      // The one row that counts the changes of policies is read by its key; nothing is read from end to end.
      expect(many.plans.flat().filter((step) => /^SCAN (?!CONSTANT ROW)/.test(String(step)))).toEqual([]);
    } else {
      expect(Math.max(...(many.plans as number[]))).toBeLessThanOrEqual(10);
    }
  });
});

type Noted = <Result extends { readonly rows: readonly unknown[] }>(query: CompiledQuery, result: Result) => Result;

function watchConnection(connection: DatabaseConnection, noted: Noted): jest.SpyInstance {
  const execute = connection.executeQuery.bind(connection);
  return jest
    .spyOn(connection, 'executeQuery')
    .mockImplementation(async (query) => noted(query, await execute<unknown>(query)));
}

/** On SQLite statements within a transaction are executed without a promise. */
function watchTurn(turn: Turn, noted: Noted): jest.SpyInstance {
  const execute = turn.execute.bind(turn);
  return jest.spyOn(turn, 'execute').mockImplementation((query) => {
    const result = execute<unknown>(query);
    if (result instanceof Promise) throw new Error('Somebody else has the connection.');
    return noted(query, result);
  });
}

interface PlanNode {
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function rowsLookedAt(node: PlanNode): number {
  const {
    'Actual Rows': found = 0,
    'Actual Loops': loops = 1,
    'Rows Removed by Filter': others = 0,
    Plans = [],
  } = node;
  return (found + others) * loops + Plans.reduce((sum, inner) => sum + rowsLookedAt(inner), 0);
}
