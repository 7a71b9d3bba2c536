import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Selectable } from 'kysely';

import { Clock } from '../common/clock.js';
import { digest } from '../common/digest.js';
import { InTurn } from '../common/in-turn.js';
import { News, NoNews } from '../common/news.js';
import { randomHandle, randomId } from '../common/randomness.js';
import { Secret } from '../common/secret.js';
import { Database } from '../database/database.js';
import type { SensorTable, SensorTables } from '../database/resource-server/sensors.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import type { SensorStatus } from './sensor-status.js';

const SEEN_INTERVAL_MS = 60_000;
/** On what topic the instances tell each other of sensors that were revoked. */
const REVOKED = 'sensor-revoked';

/** A device that may send heart rates into one resource. */
export interface Sensor extends SensorStatus {
  readonly id: string;
  readonly resourceId: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly createdMs: number;
  /** When it last sent something: exact in this process, within a minute in others; absent before it ever did. */
  readonly lastSeenMs?: number;
}

interface Contact {
  readonly contact: boolean;
  readonly atMs: number;
}

/** Hears of a sensor that lost its right to send. */
export type RevocationListener = (sensorId: string) => void;

/** The sensors of all resources, and their credentials. */
@Injectable()
export class Sensors implements OnModuleDestroy {
  private readonly logger = new Logger(Sensors.name);
  private readonly listeners = new Set<RevocationListener>();
  private readonly revoked = new Set<string>();
  private readonly writtenMs = new WeakMap<Sensor, number>();
  /** When this process last saw each sensor, by id. */
  private readonly seenMs = new Map<string, number>();
  /** What this process heard of each sensor's contact with the skin and has not written down yet, by id. */
  private readonly contacts = new Map<string, Contact>();
  private readonly writes = new InTurn();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly database: Database<SensorTables>,
    private readonly clock: Clock,
    private readonly news: News = new NoNews(),
  ) {
    this.unsubscribe = news.subscribe(REVOKED, (sensorId) => {
      this.announceRevoked(String(sensorId));
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  /** Makes a sensor. Its credential can never be shown again: only a digest of it is kept. */
  async create(resourceId: string, name: string): Promise<{ sensor: Sensor; credential: Secret }> {
    const sensor: Sensor = { id: randomId(), resourceId, name, createdMs: this.clock.nowMs() };
    const credential = randomHandle();
    await this.database.kysely
      .insertInto('sensor')
      .values({
        id: sensor.id,
        resource_id: resourceId,
        name,
        credential_digest: digest(credential),
        created_ms: sensor.createdMs,
      })
      .execute();
    return { sensor, credential: new Secret(credential) };
  }

  /** The sensors that may send into a resource, oldest first. */
  async list(resourceId: string): Promise<readonly Sensor[]> {
    const rows = await this.database.kysely
      .selectFrom('sensor')
      .selectAll()
      .where('resource_id', '=', resourceId)
      .where('revoked_ms', 'is', null)
      .orderBy('created_ms')
      .orderBy('id')
      .execute();
    return rows.map((row) => this.asHeard(sensorOf(row)));
  }

  /**
   * Takes a sensor's right to send, at once; what it sent stays.
   *
   * @returns false when the resource has no such sensor
   */
  async revoke(resourceId: string, sensorId: string): Promise<boolean> {
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('sensor')
      .set({ revoked_ms: this.clock.nowMs() })
      .where('id', '=', sensorId)
      .where('resource_id', '=', resourceId)
      .where('revoked_ms', 'is', null)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    this.announceRevoked(sensorId);
    await this.tellRevoked(sensorId);
    return true;
  }

  /**
   * Takes a sensor back that has never sent anything, as if it had not been made.
   *
   * @returns false when the resource has no such sensor, or it has sent something
   */
  async takeBack(resourceId: string, sensorId: string): Promise<boolean> {
    const { numDeletedRows } = await this.database.kysely
      .deleteFrom('sensor')
      .where('id', '=', sensorId)
      .where('resource_id', '=', resourceId)
      .where('last_seen_ms', 'is', null)
      .where('revoked_ms', 'is', null)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    this.announceRevoked(sensorId);
    await this.tellRevoked(sensorId);
    return true;
  }

  /** The sensor that holds a credential; `undefined` when none does, or none does any more. */
  async authenticate(credential: string): Promise<Sensor | undefined> {
    const row = await this.database.kysely
      .selectFrom('sensor')
      .selectAll()
      .where('credential_digest', '=', digest(credential))
      .where('revoked_ms', 'is', null)
      .executeTakeFirst();
    return row === undefined || this.revoked.has(row.id) ? undefined : sensorOf(row);
  }

  /** Whether this process knows that a sensor lost its right to send after it was authenticated. */
  isRevoked(sensor: Sensor): boolean {
    return this.revoked.has(sensor.id);
  }

  /**
   * Notes that a sensor is alive: in memory each time, in the database at most once a minute. There it learns of a
   * revocation in another process.
   *
   * @returns nothing to wait for when it is not written, which is so nearly each time
   */
  seen(sensor: Sensor): Promise<void> | undefined {
    const nowMs = this.clock.nowMs();
    this.seenMs.set(sensor.id, nowMs);
    const age = nowMs - (this.writtenMs.get(sensor) ?? sensor.lastSeenMs ?? -Infinity);
    // A clock that was set back says nothing about when it was written.
    return age < 0 || age >= SEEN_INTERVAL_MS ? this.write(sensor, {}) : undefined;
  }

  /** Notes, in memory, whether a sensor touches the skin; it is written with the next that {@link seen} writes. */
  noteContact(sensor: Sensor, contact: boolean): void {
    this.contacts.set(sensor.id, { contact, atMs: this.clock.nowMs() });
  }

  /**
   * Writes down what a sensor tells of itself: that it is alive, too.
   *
   * @returns what was noted
   * @throws UmaError `invalid_token` when the sensor lost its right to send
   */
  async told(sensor: Sensor, status: SensorStatus): Promise<SensorStatus> {
    // One after the other: whoever tells something all the time keeps the database from nobody.
    await this.writes.run(sensor.id, async () => {
      if (this.isRevoked(sensor)) return;
      if (status.contact !== undefined) this.noteContact(sensor, status.contact);
      this.seenMs.set(sensor.id, this.clock.nowMs());
      await this.write(sensor, status.battery === undefined ? {} : { battery: status.battery });
    });
    if (this.isRevoked(sensor)) throw new UmaError('invalid_token', 'This sensor may not send any more.');
    return status;
  }

  /** @returns ends the subscription */
  onRevoked(listener: RevocationListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async write(sensor: Sensor, told: { readonly battery?: number }): Promise<void> {
    const nowMs = this.clock.nowMs();
    const heard = this.contacts.get(sensor.id);
    this.writtenMs.set(sensor, nowMs);
    const { numUpdatedRows } = await this.database.kysely
      .updateTable('sensor')
      .set({ last_seen_ms: nowMs, ...told, ...(heard !== undefined && { contact: heard.contact ? 1 : 0 }) })
      .where('id', '=', sensor.id)
      .where('revoked_ms', 'is', null)
      .executeTakeFirstOrThrow();
    if (this.contacts.get(sensor.id) === heard) this.contacts.delete(sensor.id);
    if (numUpdatedRows === 0n) this.announceRevoked(sensor.id);
  }

  /** A sensor as the database has it, with what this process heard since. */
  private asHeard(sensor: Sensor): Sensor {
    const seenMs = this.seenMs.get(sensor.id);
    const heard = this.contacts.get(sensor.id);
    // Another process may have written something newer.
    const isNewer = heard !== undefined && heard.atMs >= (sensor.lastSeenMs ?? 0);
    return {
      ...sensor,
      ...(seenMs !== undefined && { lastSeenMs: Math.max(seenMs, sensor.lastSeenMs ?? 0) }),
      ...(isNewer && { contact: heard.contact }),
    };
  }

  /** An instance that does not hear it learns it when the sensor is seen there, within a minute. */
  private async tellRevoked(sensorId: string): Promise<void> {
    try {
      await this.news.tell(REVOKED, sensorId);
    } catch (error) {
      this.logger.warn('The other instances do not know yet that a sensor was revoked.', String(error));
    }
  }

  private announceRevoked(sensorId: string): void {
    this.revoked.add(sensorId);
    this.seenMs.delete(sensorId);
    this.contacts.delete(sensorId);
    for (const listener of this.listeners) listener(sensorId);
  }
}

function sensorOf(row: Selectable<SensorTable>): Sensor {
  return {
    id: row.id,
    resourceId: row.resource_id,
    name: row.name,
    createdMs: row.created_ms,
    ...(row.last_seen_ms !== null && { lastSeenMs: row.last_seen_ms }),
    ...(row.battery !== null && { battery: row.battery }),
    ...(row.contact !== null && { contact: row.contact === 1 }),
  };
}
