import { describeOnEachDatabase } from '../../../../test/support/databases.js';
import { type PolicyTables, policyMigrations } from '../../../database/authorization-server/policies.js';
import { umaMigrations, type UmaTables } from '../../../database/authorization-server/uma.js';
import type { Database } from '../../../database/database.js';
import { ScopePolicies } from './scope-policies.js';

const ALL = 'permit (principal, action, resource);';

describeOnEachDatabase('the scope policies in force', (open) => {
  let database: Database<UmaTables & PolicyTables>;
  let policies: ScopePolicies;

  beforeEach(async () => {
    database = await open<UmaTables & PolicyTables>({ ...umaMigrations, ...policyMigrations });
    policies = new ScopePolicies();
  });

  async function store(id: string, scopes: readonly string[], cedar = ALL, created_ms = 0): Promise<void> {
    const terms = { name: id, scopes: JSON.stringify(scopes), cedar, created_ms, changed_ms: created_ms };
    await database.kysely
      .insertInto('scope_policy')
      .values({ id, ...terms })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(terms))
      .execute();
  }
  async function countChange(): Promise<void> {
    const { version } = await database.kysely.selectFrom('scope_policy_version').selectAll().executeTakeFirstOrThrow();
    await database.kysely
      .updateTable('scope_policy_version')
      .set({ version: version + 1 })
      .execute();
  }
  const parsedOn = (...scopes: string[]) =>
    (database as unknown as Database<UmaTables>).transaction((within) => policies.on(scopes, within));
  const idsOn = async (...scopes: string[]) =>
    [...(await parsedOn(...scopes))].map(([scope, on]) => [scope, on.map(({ policy }) => policy.id)]);

  it('are none at first', async () => {
    expect(await idsOn('read')).toEqual([]);
  });

  it('are found by each of their scopes, the oldest first, and no others are', async () => {
    await store('late', ['read'], ALL, 2);
    await store('b', ['read', 'stream'], ALL, 1);
    await store('a', ['stream'], ALL, 1);
    await countChange();
    expect(await idsOn('read', 'write', 'stream')).toEqual([
      ['read', ['b', 'late']],
      ['stream', ['a', 'b']],
    ]);
    expect(await idsOn('read')).toEqual([['read', ['b', 'late']]]);
    expect(await idsOn()).toEqual([]);
  });

  it('are noticed by every instance as soon as they change, and read only then', async () => {
    await store('a', ['read']);
    expect(await idsOn('read')).toEqual([]);
    await countChange();
    expect(await idsOn('read')).toEqual([['read', ['a']]]);
    await database.kysely.deleteFrom('scope_policy').execute();
    expect(await idsOn('read')).toEqual([['read', ['a']]]);
    await countChange();
    expect(await idsOn('read')).toEqual([]);
  });

  it('stay parsed when others change', async () => {
    const [kept, changed] = [await onlyOn('kept'), await onlyOn('changed')];
    await store('changed', ['changed'], `${ALL} // anew`);
    await countChange();
    expect((await parsedOn('kept')).get('kept')).toEqual([kept]);
    expect((await parsedOn('kept')).get('kept')?.[0]).toBe(kept);
    expect((await parsedOn('changed')).get('changed')?.[0]).not.toBe(changed);
  });

  async function onlyOn(scope: string) {
    await store(scope, [scope]);
    await countChange();
    return (await parsedOn(scope)).get(scope)?.[0];
  }
});
