import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';

import { bindableParameters } from './bound-values.js';
import { DiskQueue } from './disk-queue.js';
import { Group } from './commit-group.js';
import type { DirectStatements } from './direct-statements.js';
import { isRead, type LibsqlDatabase } from './libsql-database.js';

/** Which rows of a statement are wanted. */
type Rows = 'all' | 'first';

/** Statements that a caller controls a transaction of its own with. */
const CONTROL: ReadonlySet<string> = new Set(['begin', 'commit', 'rollback']);

/**
 * Runs transactions on the one connection to a SQLite file, one after the other, and lets those that come at the same time
 * share a commit, and the wait for the disk that follows it, during which others go on. Each of them is a savepoint within
 * the transaction that SQLite sees, so that one which fails takes nothing of the others along; and none counts as done
 * before the disk has it.
 *
 * @see https://www.sqlite.org/lang_savepoint.html
 */
export class GroupCommitDriver implements Driver, DirectStatements {
  private database: LibsqlDatabase | undefined;
  private readonly waiting: { readonly turn: Turn; readonly begin: () => void }[] = [];
  private current: Turn | undefined;
  private group: Group | undefined;
  private isClosing = false;
  /** Called when the last turn is over. */
  private left: (() => void) | undefined;
  private readonly disk = new DiskQueue(
    () => this.sqlite.sync(),
    () => {
      this.commitWhenIdle();
    },
  );

  /** @param nowMs a time in milliseconds that never goes back */
  constructor(
    private readonly open: () => Promise<LibsqlDatabase>,
    private readonly nowMs = (): number => performance.now(),
  ) {}

  async init(): Promise<void> {
    this.database = await this.open();
  }

  async acquireConnection(): Promise<Turn> {
    const turn = new Turn(this);
    await this.admit(turn);
    return turn;
  }

  /** Does a piece of work in a transaction: as Kysely would, for a fraction of the promises. */
  async transact<Result>(work: (turn: Turn) => Promise<Result>): Promise<Result> {
    const turn = new Turn(this);
    const admission = this.admit(turn);
    if (admission !== undefined) await admission;
    try {
      this.begin(turn);
      const result = await work(turn);
      turn.isOver = true;
      await this.commit(turn);
      return result;
    } catch (error) {
      this.rollBack(turn);
      throw error;
    } finally {
      this.release(turn);
    }
  }

  /** Executes a statement on its own; one that only reads at once, when no transaction is under way. */
  execute<Row>(query: CompiledQuery, rows: Rows = 'all'): QueryResult<Row> | Promise<QueryResult<Row>> {
    if (this.current !== undefined || !isRead(query.sql)) return this.executeAlone(query, rows);
    this.refuseIfUnusable();
    return this.step(query, rows);
  }

  executeForOne<Row>(query: CompiledQuery): QueryResult<Row> | Promise<QueryResult<Row>> {
    return this.execute(query, 'first');
  }

  beginTransaction(turn: Turn): Promise<void> {
    return settled(() => {
      this.begin(turn);
    });
  }

  async commitTransaction(turn: Turn): Promise<void> {
    await this.commit(turn);
  }

  rollbackTransaction(turn: Turn): Promise<void> {
    return settled(() => {
      this.rollBack(turn);
    });
  }

  releaseConnection(turn: Turn): Promise<void> {
    return settled(() => {
      this.release(turn);
    });
  }

  /** Refuses whoever comes from now on, and waits for those who are here. */
  async destroy(): Promise<void> {
    this.isClosing = true;
    if (this.current !== undefined) await new Promise<void>((resolve) => (this.left = resolve));
    this.commitGroup();
    await this.disk.emptied();
    this.database?.close();
    this.database = undefined;
  }

  /** Executes one statement of a turn; at once, when it need not wait for anything. */
  executeIn<Row>(turn: Turn, query: CompiledQuery, rows: Rows): QueryResult<Row> | Promise<QueryResult<Row>> {
    const isWithin = this.current === turn && turn.savepoint !== undefined && !CONTROL.has(query.sql);
    return isWithin ? this.step(query, rows) : this.executeInTurn(turn, query, rows);
  }

  private get sqlite(): LibsqlDatabase {
    if (this.database === undefined) throw new Error('The database is not open.');
    return this.database;
  }

  private begin(turn: Turn): void {
    this.joinGroup();
    // Other than by `exec`, it is parsed once for all turns.
    this.sqlite.execute('savepoint turn', []);
    turn.savepoint = this.group;
  }

  /** Others go on while this one waits for the disk. */
  private commit(turn: Turn): Promise<void> | undefined {
    this.run(() => this.sqlite.execute('release turn', []));
    const { savepoint } = turn;
    turn.savepoint = undefined;
    return this.durably(turn, savepoint);
  }

  private rollBack(turn: Turn): void {
    // A full disk, for one, has ended the whole group already.
    if (turn.savepoint !== undefined && turn.savepoint === this.group) {
      this.sqlite.exec('rollback to turn');
      this.sqlite.exec('release turn');
    }
    turn.savepoint = undefined;
  }

  private release(turn: Turn): void {
    turn.isOver = true;
    if (this.current === turn) this.passOn();
  }

  private async executeAlone<Row>(query: CompiledQuery, rows: Rows): Promise<QueryResult<Row>> {
    const turn = await this.acquireConnection();
    try {
      return await this.executeInTurn<Row>(turn, query, rows);
    } finally {
      this.release(turn);
    }
  }

  private async executeInTurn<Row>(turn: Turn, query: CompiledQuery, rows: Rows): Promise<QueryResult<Row>> {
    const { sql } = query;
    // A turn of several statements lets others go on while one of them waits for the disk.
    if (this.current !== turn) await this.admit(turn);
    if (CONTROL.has(sql)) return this.control(turn, sql);
    if (turn.controlsItself || turn.savepoint !== undefined || isRead(sql)) return this.step<Row>(query, rows);
    if (!isWrite(sql)) {
      this.commitGroup();
      return this.step<Row>(query, rows);
    }
    this.joinGroup();
    const result = this.step<Row>(query, rows);
    await this.durably(turn, this.group);
    return result;
  }

  private admit(turn: Turn): Promise<void> | undefined {
    this.refuseIfUnusable();
    if (this.current !== undefined) return new Promise((begin) => this.waiting.push({ turn, begin }));
    this.current = turn;
    return undefined;
  }

  private refuseIfUnusable(): void {
    if (this.isClosing) throw new Error('The database is closed.');
    this.disk.refuseIfBroken();
  }

  private async control<Row>(turn: Turn, sql: string): Promise<QueryResult<Row>> {
    this.commitGroup();
    turn.controlsItself = sql === 'begin';
    this.sqlite.exec(sql === 'begin' ? 'begin immediate' : sql);
    if (sql === 'commit') await this.sqlite.sync();
    return { rows: [] };
  }

  private step<Row>({ sql, parameters }: CompiledQuery, rows: Rows): QueryResult<Row> {
    const bound = bindableParameters(parameters);
    return this.run(() =>
      rows === 'first' ? this.sqlite.executeForOne<Row>(sql, bound) : this.sqlite.execute<Row>(sql, bound),
    );
  }

  /** Some errors end the transaction that SQLite sees, and with it the whole group. */
  private run<Result>(step: () => Result): Result {
    try {
      return step();
    } catch (error) {
      if (this.group !== undefined && !this.sqlite.inTransaction) this.endGroup(error);
      throw error;
    }
  }

  private joinGroup(): void {
    if (this.group !== undefined) return;
    this.sqlite.exec('begin immediate');
    this.group = new Group(this.nowMs());
  }

  /** Lets the next turn begin. @returns when the disk has what this one did */
  private durably(turn: Turn, group: Group | undefined): Promise<void> | undefined {
    const done = group?.join();
    if (this.current === turn) this.passOn();
    return done;
  }

  private passOn(): void {
    this.current = undefined;
    if (this.group?.isFull(this.nowMs()) === true) this.commitGroup();
    const next = this.waiting.shift();
    if (next !== undefined) {
      this.current = next.turn;
      next.begin();
    } else if (this.isClosing) {
      this.left?.();
    } else if (this.group !== undefined) {
      // Whoever is served in the same round of the event loop can still join.
      setImmediate(() => {
        this.commitWhenIdle();
      });
    }
  }

  /** While the disk is at work nobody gains by a commit, which would have to wait for it: others can still join. */
  private commitWhenIdle(): void {
    if (this.current === undefined && !this.disk.isAtWork) this.commitGroup();
  }

  private commitGroup(): void {
    const { group } = this;
    if (group === undefined) return;
    try {
      this.sqlite.exec('commit');
      this.group = undefined;
      this.disk.add(group);
    } catch (error) {
      if (this.sqlite.inTransaction) this.sqlite.exec('rollback');
      this.endGroup(error);
    }
  }

  private endGroup(error: unknown): void {
    const { group } = this;
    this.group = undefined;
    group?.end(error);
  }
}

/** One turn at the connection: a transaction, or a statement without one. */
export class Turn implements DatabaseConnection, DirectStatements {
  /** The group within which the turn's transaction is a savepoint. */
  savepoint: Group | undefined;
  /** Whether the turn began and will end SQLite's transaction by itself. */
  controlsItself = false;
  /** Whether nothing more may be done in it. */
  isOver = false;

  constructor(private readonly driver: GroupCommitDriver) {}

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.execute<Row>(query);
  }

  /** As `executeQuery`, but answers at once when it can: each promise costs, and statements are many. */
  execute<Row>(query: CompiledQuery, rows: Rows = 'all'): QueryResult<Row> | Promise<QueryResult<Row>> {
    if (this.isOver) throw new Error('The transaction is over.');
    return this.driver.executeIn<Row>(this, query, rows);
  }

  executeForOne<Row>(query: CompiledQuery): QueryResult<Row> | Promise<QueryResult<Row>> {
    return this.execute(query, 'first');
  }

  /** A stream that is left early would block every later commit, and on PostgreSQL there is none. */
  streamQuery(): never {
    throw new Error('Rows are not streamed: read them in pages.');
  }
}

/** A promise of what needs none, as an interface wants it. */
function settled(step: () => void): Promise<void> {
  return new Promise((resolve) => {
    step();
    resolve();
  });
}

const isWrite = (sql: string): boolean => /^\s*(?:insert|update|delete|with|create|drop|alter)\b/i.test(sql);
