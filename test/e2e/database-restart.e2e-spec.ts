import { setTimeout } from 'node:timers/promises';

import { Logger } from '@nestjs/common';

import { Database, openDatabase } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { eventually } from '../support/eventually.js';
import { HeartWorld } from '../support/heart-world.js';
import { findPostgres, postgresDirectories, unprivilegedAccount } from '../support/postgres-programs.js';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';

const BATCH = 5;
const SENDERS = 4;
/** How many messages are answered before the database goes, and after it has come back. */
const ENOUGH = 20;

type Measurement = Readonly<Record<'timestamp', string>>;
type Send = (batch: readonly object[]) => Promise<unknown>;

describe('a PostgreSQL that comes later than the server', () => {
  it('is waited for, and opened once it is there', async () => {
    const account = unprivilegedAccount();
    const postgres = await startPostgres(await findPostgres(postgresDirectories(), account), account);
    try {
      await postgres.crash();
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      const options = { url: postgres.url, file: '', schema: 'late' };
      const database = await openDatabase(options, { nowMs: () => 0, pause: () => postgres.comeBack() });
      await expect(database.ping()).resolves.toBeUndefined();
      expect(warn).toHaveBeenCalledTimes(1);
      await database.close();
    } finally {
      await postgres.stop();
    }
  });
});

describe('a PostgreSQL that is restarted while sensors send', () => {
  let postgres: PostgresServer;
  let world: HeartWorld;
  let isOver: boolean;
  /** When what was acknowledged was measured. */
  let acknowledged: string[];
  let answered: number;
  let refusals: unknown[];

  beforeAll(async () => {
    const account = unprivilegedAccount();
    postgres = await startPostgres(await findPostgres(postgresDirectories(), account), account);
  });
  afterAll(() => postgres.stop());

  beforeEach(async () => {
    const database = { url: postgres.url, file: '', schema: 'resource_server' };
    world = await HeartWorld.start('postgres', { database });
    world.give('rpt');
    [isOver, acknowledged, answered, refusals] = [false, [], 0, []];
  });
  afterEach(() => world.stop());

  /** Sends message after message, each until it is taken. */
  async function sendOn(send: Send): Promise<void> {
    while (!isOver) {
      const batch = world.measurements(Array.from({ length: BATCH }, (_none, index) => 60 + index));
      for (let answer = await send(batch); !isTaken(answer); answer = await send(batch)) {
        refusals.push(answer);
        await setTimeout(20);
      }
      acknowledged.push(...batch.map((one) => (one as Measurement).timestamp));
      answered += 1;
    }
  }
  const enoughMore = (): Promise<void> => {
    const before = answered;
    return eventually(() => answered >= before + ENOUGH);
  };

  it('has all that was acknowledged, and viewers get all there is, in order and once', async () => {
    const sensors = await Promise.all(Array.from({ length: SENDERS / 2 }, () => world.sensor()));
    const client = await world.watch('rpt');
    const reader = await world.follow({ authorization: 'Bearer rpt' });
    await Promise.all([client.told('snapshot'), reader.told('snapshot')]);
    const overSockets = sensors.map(
      (sensor): Send =>
        (batch) =>
          sensor.send(batch),
    );
    const overHttp: Send = async (batch) => (await world.post(batch)).json();
    const sending = Promise.all([...overSockets, ...overSockets.map(() => overHttp)].map(sendOn));

    await enoughMore();
    await postgres.crash();
    await eventually(() => refusals.length >= SENDERS);
    const read = await world.server.ask(`/resources/${world.id}/heart-rate`, {
      headers: { authorization: 'Bearer rpt' },
    });
    expect([read.status, read.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
    const cannotNow = { status: 503, error: 'temporarily_unavailable' };
    await expect(world.connect({ token: 'another' })).rejects.toMatchObject(cannotNow);
    expect(await client.order('subscribe', { token: 'another', resource: 'another' })).toMatchObject(cannotNow);
    expect(await sensors[0]?.socket.emitWithAck('status', { battery: 80 })).toMatchObject({ error: cannotNow.error });
    await postgres.comeBack();
    await enoughMore();
    isOver = true;
    await sending;

    // The sensors were told what they can make use of, and their sockets stayed.
    const codes = new Set(refusals.map((refusal) => (refusal as { readonly error: string }).error));
    expect(codes).toEqual(new Set(['temporarily_unavailable']));
    expect(sensors.map(({ socket }) => socket.connected)).toEqual([true, true]);
    const stored = await storedTimes();
    expect(acknowledged.filter((time) => !stored.includes(time))).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
    await eventually(() => client.heartRates.length >= stored.length && reader.heartRates.length >= stored.length);
    expect(client.times).toEqual(stored);
    expect(reader.times).toEqual(stored);
    expect([client.end, reader.end]).toEqual([undefined, undefined]);
  });

  /** When everything that is stored was measured, in the order in which it was stored. */
  async function storedTimes(): Promise<readonly string[]> {
    const { kysely } = world.server.app.get<Database<MeasurementTables>>(Database, { strict: false });
    const rows = await kysely.selectFrom('heart_rate_sample').select('recorded_ms').orderBy('position').execute();
    return rows.map(({ recorded_ms: recordedMs }) => new Date(recordedMs).toISOString());
  }
});

const isTaken = (answer: unknown): boolean => {
  const { stored, duplicate } = answer as { readonly stored?: number; readonly duplicate?: number };
  return (stored ?? 0) + (duplicate ?? 0) === BATCH;
};
