import { sql } from 'kysely';

import { describeOnEachDatabase } from '../../test/support/databases.js';
import type { Database } from './database.js';
import { isUniqueViolation } from './unique-violation.js';

interface Tables {
  person: { name: string; email: string; parent: string | null };
}

const alice = { name: 'alice', email: 'alice@example.org', parent: null };

describeOnEachDatabase('isUniqueViolation', (open) => {
  let database: Database<Tables>;

  beforeEach(async () => {
    database = await open<Tables>({
      '001_person': {
        up: (kysely) =>
          kysely.schema
            .createTable('person')
            .addColumn('name', 'text', (column) => column.primaryKey())
            .addColumn('email', 'text', (column) => column.notNull().unique())
            .addColumn('parent', 'text', (column) => column.references('person.name'))
            .execute(),
      },
    });
    await insert(alice);
  });

  const insert = (person: Tables['person']): Promise<unknown> =>
    database.kysely.insertInto('person').values(person).execute();
  const failureOf = (query: Promise<unknown>): Promise<unknown> =>
    query.then(
      () => 'no failure',
      (error: unknown) => error,
    );

  it.each([
    { what: 'a primary key', person: { ...alice, email: 'other@example.org' } },
    { what: 'a unique column', person: { ...alice, name: 'other' } },
  ])('is true when $what is there already', async ({ person }) => {
    expect(isUniqueViolation(await failureOf(insert(person)))).toBe(true);
  });

  it('is false when another constraint or the query itself is violated', async () => {
    const orphan = { name: 'bob', email: 'bob@example.org', parent: 'nobody' };
    const failures = [await failureOf(insert(orphan)), await failureOf(sql`select nothing`.execute(database.kysely))];
    expect(failures).toEqual([expect.any(Error), expect.any(Error)]);
    expect(failures.map(isUniqueViolation)).toEqual([false, false]);
  });
});

describe('isUniqueViolation', () => {
  it.each([undefined, null, '23505', new Error('23505'), { code: 23505 }])('is false for %p', (error) => {
    expect(isUniqueViolation(error)).toBe(false);
  });
});
