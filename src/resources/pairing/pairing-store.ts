import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { Database } from '../../database/database.js';
import type { PairingTable, PairingTables } from '../../database/resource-server/pairings.js';

/** How long one question may take to be answered, on any instance, before the next one may be asked. */
const ANSWERING_MS = 30_000;
/** How long it is remembered that a pairing is over, so that a sensor that asks late is told so. */
const REMEMBERED_MS = 60 * 60_000;

/** The pairings in the database. Whatever only one may do is one statement that says who it is. */
@Injectable()
export class PairingStore {
  constructor(
    private readonly database: Database<PairingTables>,
    private readonly clock: Clock,
  ) {}

  async add(pairing: Omit<PairingTable, 'state' | 'resource_id' | 'sensor_id'>): Promise<void> {
    await this.database.kysely
      .insertInto('pairing')
      .values({ ...pairing, state: 'waiting' })
      .execute();
  }

  /** How many are open. */
  async open(): Promise<number> {
    const { open } = await this.database.kysely
      .selectFrom('pairing')
      .select(({ fn }) => fn.countAll().as('open'))
      .where('expires_ms', '>', this.clock.nowMs())
      .executeTakeFirstOrThrow();
    return Number(open);
  }

  async find(id: string): Promise<PairingTable | undefined> {
    return this.database.kysely.selectFrom('pairing').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async findByUserCode(userCode: string): Promise<PairingTable | undefined> {
    return this.database.kysely.selectFrom('pairing').selectAll().where('user_code', '=', userCode).executeTakeFirst();
  }

  /** Whether its time is up. */
  isOver({ expires_ms: expiresMs }: PairingTable): boolean {
    return expiresMs <= this.clock.nowMs();
  }

  /**
   * Takes a pairing to answer one question, until it is {@link putBack}: nobody else answers one meanwhile.
   *
   * @returns `undefined` when there is none, when it is over, or when its interval has not passed
   */
  async take(id: string): Promise<PairingTable | undefined> {
    const nowMs = this.clock.nowMs();
    return this.database.kysely
      .updateTable('pairing')
      .set({ due_ms: nowMs + ANSWERING_MS })
      .where('id', '=', id)
      .where('due_ms', '<=', nowMs)
      .where('expires_ms', '>', nowMs)
      .returningAll()
      .executeTakeFirst();
  }

  /** Lets the next question come when the interval has passed. */
  async putBack(id: string): Promise<void> {
    await this.database.kysely
      .updateTable('pairing')
      .set((row) => ({ due_ms: row('interval_ms', '+', this.clock.nowMs()) }))
      .where('id', '=', id)
      .execute();
  }

  /** Notes something of a pairing that was taken. */
  async note(
    id: string,
    changes: Partial<
      Pick<PairingTable, 'state' | 'resource_id' | 'sensor_id' | 'device_code' | 'interval_ms' | 'expires_ms'>
    >,
  ): Promise<void> {
    await this.database.kysely.updateTable('pairing').set(changes).where('id', '=', id).execute();
  }

  /**
   * Settles a pairing whose code somebody has typed here.
   *
   * @param resourceId the heart rate it is let into; `undefined` when it is let into none
   * @returns false when it waits no more
   */
  async settle(id: string, resourceId: string | undefined): Promise<boolean> {
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('pairing')
      .set(resourceId === undefined ? { state: 'denied' } : { state: 'approved', resource_id: resourceId })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .where('expires_ms', '>', this.clock.nowMs())
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }

  /** Deletes those that were over an hour ago. */
  async purge(): Promise<void> {
    await this.database.kysely
      .deleteFrom('pairing')
      .where('expires_ms', '<=', this.clock.nowMs() - REMEMBERED_MS)
      .execute();
  }
}
