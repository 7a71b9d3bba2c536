import { describeOnEachDatabase } from '../../test/support/databases.js';
import { PreparedListQuery, PreparedQuery } from './prepared-query.js';

interface Tables {
  beat: { at: number; label: string | null };
}

interface Beat {
  readonly at: number;
  readonly label: string | null;
}

describeOnEachDatabase('PreparedQuery', (open) => {
  const builds: string[] = [];
  const insert = new PreparedQuery<Tables, Beat, unknown>((kysely, value) => {
    builds.push('insert');
    return kysely.insertInto('beat').values({ at: value('at'), label: value('label') });
  });
  const findAfter = new PreparedQuery<Tables, { at: number; label: string }, Beat>((kysely, value) =>
    kysely
      .selectFrom('beat')
      .selectAll()
      .where('at', '>', value('at'))
      .where((beat) => beat.or([beat('label', '=', value('label')), beat('label', '=', 'always')])),
  );

  it('runs one query with other values each time, beside those that stand in it', async () => {
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    builds.length = 0;
    for (const [at, label] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'always'],
      [4, null],
    ] as const) {
      await insert.execute(kysely, { at, label });
    }
    expect(await findAfter.execute(kysely, { at: 0, label: 'a' })).toEqual([
      { at: 1, label: 'a' },
      { at: 3, label: 'always' },
    ]);
    expect(await findAfter.first(kysely, { at: 1, label: 'b' })).toEqual({ at: 2, label: 'b' });
    expect(await findAfter.first(kysely, { at: 4, label: 'b' })).toBeUndefined();
    expect(builds.length).toBeLessThanOrEqual(1);
  });

  it('runs within a transaction, and is taken back with it', async () => {
    const database = await open<Tables>();
    const { kysely } = database;
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    const failing = database.transaction(async (within) => {
      await insert.execute(within, { at: 1, label: 'a' });
      expect(await findAfter.execute(within, { at: 0, label: 'a' })).toHaveLength(1);
      throw new Error('changed our mind');
    });
    await expect(failing).rejects.toThrow('changed our mind');
    expect(await findAfter.execute(kysely, { at: 0, label: 'a' })).toEqual([]);
  });

  it('does nothing more in a transaction that has ended', async () => {
    const database = await open<Tables>();
    const { kysely } = database;
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    const ended = await database.transaction(async (within) => {
      await insert.execute(within, { at: 1, label: 'a' });
      return [within];
    });
    for (const within of ended) {
      const late = async () => insert.execute(within, { at: 2, label: 'b' });
      await expect(late()).rejects.toThrow();
    }
    expect(await findAfter.execute(kysely, { at: 0, label: 'a' })).toHaveLength(1);
  });

  it('reads one row of many, and all of them later', async () => {
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    for (const at of [1, 2, 3]) await insert.execute(kysely, { at, label: 'a' });
    const labels = new PreparedQuery<Tables, { at: number }, { at: number }>((query, value) =>
      query.selectFrom('beat').select('at').where('at', '>', value('at')).orderBy('at'),
    );
    for (let time = 0; time < 2; time += 1) {
      expect(await labels.first(kysely, { at: 0 })).toEqual({ at: 1 });
      expect(await labels.execute(kysely, { at: 0 })).toEqual([{ at: 1 }, { at: 2 }, { at: 3 }]);
      expect(await labels.first(kysely, { at: 2 })).toEqual({ at: 3 });
      expect(await labels.first(kysely, { at: 3 })).toBeUndefined();
    }
  });

  it('changes all that it has to, when only the first changed row is wanted', async () => {
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    for (const at of [1, 2, 3]) await insert.execute(kysely, { at, label: 'a' });
    const rename = new PreparedQuery<Tables, { label: string }, { label: string | null }>((query, value) =>
      query
        .updateTable('beat')
        .set({ label: value('label') })
        .returning('label'),
    );
    expect(await rename.first(kysely, { label: 'b' })).toEqual({ label: 'b' });
    expect(await kysely.selectFrom('beat').select('at').where('label', '=', 'b').execute()).toHaveLength(3);
  });

  it('is refused once the database is closed', async () => {
    const database = await open<Tables>();
    const { kysely } = database;
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    expect(await findAfter.first(kysely, { at: 0, label: 'a' })).toBeUndefined();
    await database.close();
    const late = async () => findAfter.first(kysely, { at: 0, label: 'a' });
    await expect(late()).rejects.toThrow();
    await expect(
      database.transaction(async (within) => findAfter.execute(within, { at: 0, label: 'a' })),
    ).rejects.toThrow();
  });

  it('refuses what no database can bind, as any query does', async () => {
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    const run = async () => insert.execute(kysely, { at: Number.NaN, label: null });
    await expect(run()).rejects.toThrow('not a finite number');
  });
});

describeOnEachDatabase('PreparedListQuery', (open) => {
  it('finds what is in a list, however long it is', async () => {
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    await kysely
      .insertInto('beat')
      .values(['a', 'b', 'c'].map((label, at) => ({ at, label })))
      .execute();
    const dialects = new Set<string>();
    const lengths: number[] = [];
    const find = new PreparedListQuery<Tables, { at: number }, Beat>((on, labels, value, dialect) => {
      dialects.add(dialect);
      lengths.push(labels.length);
      return on.selectFrom('beat').selectAll().where('label', 'in', labels).where('at', '>', value('at')).orderBy('at');
    });
    const found = async (labels: readonly string[], at: number) =>
      (await find.execute(kysely, labels, { at })).map(({ label }) => label);
    expect(await found(['a', 'c'], -1)).toEqual(['a', 'c']);
    expect(await found(['b', 'c'], 1)).toEqual(['c']);
    expect(await found(['b'], 0)).toEqual(['b']);
    const long = Array.from({ length: 30 }, (_, index) => `label ${index}`);
    expect(await found([...long, 'b'], -1)).toEqual(['b']);
    expect(lengths).toEqual([2, 1, 31]);
    expect([...dialects]).toHaveLength(1);
  });
});
