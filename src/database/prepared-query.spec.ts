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
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    const failing = kysely.transaction().execute(async (within) => {
      await insert.execute(within, { at: 1, label: 'a' });
      expect(await findAfter.execute(within, { at: 0, label: 'a' })).toHaveLength(1);
      throw new Error('changed our mind');
    });
    await expect(failing).rejects.toThrow('changed our mind');
    expect(await findAfter.execute(kysely, { at: 0, label: 'a' })).toEqual([]);
  });

  it('does nothing more in a transaction that has ended', async () => {
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    const ended = await kysely.transaction().execute(async (within) => {
      await insert.execute(within, { at: 1, label: 'a' });
      return [within];
    });
    for (const within of ended) await expect(insert.execute(within, { at: 2, label: 'b' })).rejects.toThrow();
    expect(await findAfter.execute(kysely, { at: 0, label: 'a' })).toHaveLength(1);
  });

  it('refuses what no database can bind, as any query does', async () => {
    const { kysely } = await open<Tables>();
    await kysely.schema.createTable('beat').addColumn('at', 'bigint').addColumn('label', 'text').execute();
    await expect(insert.execute(kysely, { at: Number.NaN, label: null })).rejects.toThrow('not a finite number');
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
