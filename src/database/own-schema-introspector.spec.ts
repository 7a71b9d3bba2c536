import type { Kysely } from 'kysely';

import { describeOnEachDatabase } from '../../test/support/databases.js';

const migration = (table: string) => ({
  [`001-${table}`]: {
    up: (kysely: Kysely<unknown>) =>
      kysely.schema
        .createTable(table)
        .addColumn('id', 'text', (column) => column.primaryKey())
        .execute(),
  },
});

describeOnEachDatabase('the tables that the migrator sees', (open) => {
  it('are those of its own process, and not those of another one beside it', async () => {
    const database = await open<unknown>(migration('share'));
    await open<unknown>(migration('sensor'));
    const { introspection } = database.kysely;
    const names = (await introspection.getTables({ withInternalKyselyTables: true })).map(({ name }) => name);
    expect(names).toContain('share');
    expect(names).toContain('kysely_migration');
    expect(names).not.toContain('sensor');
    const { tables } = await introspection.getMetadata({ withInternalKyselyTables: true });
    expect(tables.map(({ name }) => name)).toEqual(names);
  });
});
