import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { Kysely, sql, type Transaction } from 'kysely';

import { LibsqlDialect } from './libsql-dialect.js';
import { LibsqlDatabase } from './libsql-database.js';

interface Tables {
  beat: { at: number };
}

describe('GroupCommitDriver', () => {
  let folder: string;
  let file: string;
  let dialect: LibsqlDialect;
  let kysely: Kysely<Tables>;
  let nowMs = 0;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'group-commit-'));
    file = join(folder, 'beats.sqlite');
    dialect = new LibsqlDialect(file, () => nowMs);
    kysely = dialect.kysely<Tables>();
    await sql`create table beat (at integer unique)`.execute(kysely);
  });
  afterEach(async () => {
    await kysely.destroy();
    rmSync(folder, { recursive: true });
  });

  const insert = (at: number, by: Kysely<Tables> = kysely): Promise<unknown> =>
    by.insertInto('beat').values({ at }).execute();

  const transact = <Result>(work: (within: Transaction<Tables>) => Promise<Result>): Promise<Result> =>
    dialect.transact(kysely, work);

  const transaction = (...beats: readonly number[]): Promise<void> =>
    transact(async (within) => {
      for (const at of beats) await insert(at, within);
    });

  /** What somebody else finds in the file. */
  async function stored(): Promise<readonly number[]> {
    const other = new Kysely<Tables>({ dialect: new LibsqlDialect(file) });
    const rows = await other.selectFrom('beat').select('at').orderBy('at').execute();
    await other.destroy();
    return rows.map(({ at }) => at);
  }

  /** Watches what SQLite is told, and lets a test interfere. */
  function watch(interfere: (text: string) => void = () => undefined): readonly string[] {
    const told: string[] = [];
    for (const method of ['exec', 'execute'] as const) {
      const own = Object.getOwnPropertyDescriptor(LibsqlDatabase.prototype, method)?.value as (
        ...words: readonly unknown[]
      ) => never;
      jest.spyOn(LibsqlDatabase.prototype, method).mockImplementation(function (this: LibsqlDatabase, text, ...values) {
        interfere(text);
        told.push(text);
        return own.call(this, text, ...values);
      });
    }
    return told;
  }

  const commitsIn = (told: readonly string[]): number => told.filter((text) => text === 'commit').length;

  it('lets transactions that come together share one commit', async () => {
    const told = watch();
    await Promise.all([1, 2, 3, 4, 5].map((at) => transaction(at, at + 10)));
    expect(commitsIn(told)).toBe(1);
    expect(await stored()).toEqual([1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
  });

  it('lets single writes share it too', async () => {
    const told = watch();
    await Promise.all([insert(1), transaction(2), insert(3)]);
    expect(commitsIn(told)).toBe(1);
    expect(await stored()).toEqual([1, 2, 3]);
  });

  it('commits before a group grows too large', async () => {
    const told = watch();
    await Promise.all(Array.from({ length: 130 }, (_, at) => transaction(at)));
    expect(commitsIn(told)).toBeGreaterThanOrEqual(3);
    expect(await stored()).toHaveLength(130);
  });

  it('does not let the first wait for long, however many come', async () => {
    const told = watch((text) => {
      if (text === 'release turn') nowMs += 5;
    });
    await Promise.all([1, 2, 3].map((at) => transaction(at)));
    expect(commitsIn(told)).toBe(3);
  });

  /** A disk that is at work until it is told that it is done, or has failed. */
  function slowDisk(): { readonly calls: () => number; readonly done: (failure?: Error) => void } {
    const waiting: { readonly resolve: () => void; readonly reject: (failure: Error) => void }[] = [];
    const sync = jest
      .spyOn(LibsqlDatabase.prototype, 'sync')
      .mockImplementation(() => new Promise((resolve, reject) => void waiting.push({ resolve, reject })));
    return {
      calls: () => sync.mock.calls.length,
      done(failure) {
        const { resolve, reject } = waiting.shift() ?? {};
        if (failure === undefined) resolve?.();
        else reject?.(failure);
      },
    };
  }

  /** What has ended of several pieces of work, once everything that can go on without the disk has gone on. */
  async function endedOf(work: readonly Promise<unknown>[]): Promise<readonly number[]> {
    const ended: number[] = [];
    for (const [index, piece] of work.entries()) {
      piece.then(
        () => ended.push(index),
        () => ended.push(index),
      );
    }
    for (let round = 0; round < 20; round++) await new Promise(setImmediate);
    return ended;
  }

  it('calls nothing done before the disk has it, a single write as little as a transaction', async () => {
    const disk = slowDisk();
    const work = [transaction(1), insert(2)];
    expect(await endedOf(work)).toEqual([]);
    expect(disk.calls()).toBe(1);
    disk.done();
    await Promise.all(work);
  });

  it('calls a transaction that a caller controls itself done when the disk has it', async () => {
    const disk = slowDisk();
    const work = kysely.connection().execute(async (connection) => {
      await sql`begin`.execute(connection);
      await sql`insert into beat values (1)`.execute(connection);
      await sql`commit`.execute(connection);
    });
    expect(await endedOf([work])).toEqual([]);
    disk.done();
    await work;
  });

  it('goes on while the disk is at work, and waits for it once for all who came meanwhile', async () => {
    const disk = slowDisk();
    const first = transaction(1);
    expect(await endedOf([first])).toEqual([]);
    const others = [transaction(2), transaction(3)];
    expect(await endedOf(others)).toEqual([]);
    const read = await kysely.selectFrom('beat').select('at').execute();
    expect(read).toHaveLength(3);
    others.push(transaction(4));
    expect(await endedOf(others)).toEqual([]);
    disk.done();
    await first;
    expect(await endedOf(others)).toEqual([]);
    disk.done();
    await Promise.all(others);
    expect(disk.calls()).toBe(2);
  });

  it('does nothing more once the disk has failed: nobody knows what it has', async () => {
    const disk = slowDisk();
    const outcomes = Promise.allSettled([transaction(1), insert(2)]);
    while (disk.calls() === 0) await new Promise(setImmediate);
    disk.done(new Error('input/output error'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(transaction(3)).rejects.toThrow('The disk did not take what was written');
    await expect(kysely.selectFrom('beat').select('at').execute()).rejects.toThrow('The disk did not take');
  });

  it('waits for the disk before it is closed', async () => {
    const disk = slowDisk();
    const work = [transaction(1)];
    expect(await endedOf(work)).toEqual([]);
    const closed = kysely.destroy();
    expect(await endedOf([closed])).toEqual([]);
    disk.done();
    await Promise.all([...work, closed]);
  });

  it('has the write-ahead log on the disk by one call to the system for each commit', async () => {
    const synced: string[] = [];
    const { open } = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');
    const probe = await open(file, 'r');
    const prototype = Object.getPrototypeOf(probe) as { datasync: () => Promise<void> };
    await probe.close();
    jest.spyOn(prototype, 'datasync').mockImplementation(() => {
      synced.push('log');
      return Promise.resolve();
    });
    await Promise.all([transaction(1), transaction(2)]);
    await insert(3);
    expect(synced).toEqual(['log', 'log']);
  });

  it('fails all that share a commit which the disk refuses, and goes on with the next', async () => {
    watch((text) => {
      if (text === 'commit') throw new Error('disk full');
    });
    const outcomes = await Promise.allSettled([transaction(1), insert(2), transaction(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    jest.restoreAllMocks();
    await transaction(4);
    expect(await stored()).toEqual([4]);
  });

  it('takes nothing of the others along when one of them fails', async () => {
    const changeOfMind = transact(async (within) => {
      await insert(2, within);
      throw new Error('changed our mind');
    });
    const outcomes = await Promise.allSettled([transaction(1), changeOfMind, transaction(1, 5), transaction(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(await stored()).toEqual([1, 3]);
  });

  it('shows a transaction what those before it did, though the disk does not have it yet', async () => {
    const first = transaction(1);
    const seen = transact((within) => within.selectFrom('beat').select('at').execute());
    expect(await Promise.all([first, seen])).toEqual([undefined, [{ at: 1 }]]);
  });

  it('keeps what was done before it is closed', async () => {
    const told = watch();
    const writing = transaction(1);
    while (!told.includes('release turn')) await Promise.resolve();
    await kysely.destroy();
    await expect(writing).resolves.toBeUndefined();
    expect(await stored()).toEqual([1]);
  });

  it('lets those who are here go through when it is closed, and nobody else', async () => {
    const steps: string[] = [];
    const begun = transact(async (within) => {
      await insert(1, within);
      const closing = kysely.destroy().then(() => steps.push('closed'));
      for (let round = 0; round < 3; round += 1) await new Promise(setImmediate);
      steps.push('still at work');
      await insert(2, within);
      return [closing];
    });
    const waiting = transaction(3);
    const [closing] = await begun;
    await waiting;
    await closing;
    expect(steps).toEqual(['still at work', 'closed']);
    await expect(transaction(4)).rejects.toThrow('The database is closed.');
    expect(await stored()).toEqual([1, 2, 3]);
  });

  it('gives one connection several statements, with others in between but never inside their transactions', async () => {
    const several = kysely.connection().execute(async (connection) => {
      await insert(1, connection);
      await insert(2, connection);
      await sql`begin`.execute(connection);
      await insert(3, connection);
      await sql`rollback`.execute(connection);
    });
    await Promise.all([several, transaction(4), transaction(5)]);
    expect(await stored()).toEqual([1, 2, 4, 5]);
  });

  it('loses nothing that was called done, and keeps nothing that was not, when the file is full', async () => {
    await sql`pragma max_page_count = 8`.execute(kysely);
    await sql`create table padding (text text)`.execute(kysely).catch(() => undefined);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) =>
        transact(async (within) => {
          await insert(at, within);
          await sql`insert into padding values (${'x'.repeat(2_000)})`.execute(within);
        }),
      ),
    );
    const done = outcomes.flatMap(({ status }, at) => (status === 'fulfilled' ? [at] : []));
    expect(done.length).toBeLessThan(40);
    await sql`pragma max_page_count = 1000`.execute(kysely);
    expect(await stored()).toEqual(done);
    await transaction(100);
    expect(await stored()).toEqual([...done, 100]);
  });

  it('does what was called done and nothing else, however transactions come and fail', async () => {
    const act = fc.record({
      beats: fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
      fails: fc.boolean(),
      later: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
        await sql`delete from beat`.execute(kysely);
        const outcomes = await Promise.allSettled(
          acts.map(async ({ beats, fails, later }) => {
            for (let round = 0; round < later; round++) await new Promise(setImmediate);
            await transact(async (within) => {
              for (const at of beats) await insert(at, within);
              if (fails) throw new Error('changed our mind');
            });
            return beats;
          }),
        );
        const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
        expect(await stored()).toEqual(done.sort((one, other) => one - other));
      }),
      { numRuns: 40 },
    );
  });
});
