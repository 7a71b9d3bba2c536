import fc from 'fast-check';

import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { type MeasurementTables, measurementMigrations } from '../database/resource-server/measurements.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import { Hub } from './hub.js';
import { Ingest } from './ingest.js';
import { MAX_AHEAD_MS } from './measurement-decoder.js';
import type { Sample } from './reading.js';
import { SampleWriter } from './sample-writer.js';
import { sampleOf } from './sample-row.js';
import { SensorClocks, SKEW_WINDOW_MS, TOLERATED_SKEW_MS } from './sensor-clocks.js';
import { type Sensor, Sensors } from './sensors.js';

const HOUR_MS = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString();

describeOnEachDatabase('what sensors send', (open) => {
  let clock: FixedClock;
  let sensor: Sensor;
  let sensors: Sensors;
  let receive: (items: readonly object[], sentMs?: number) => ReturnType<Ingest['receive']>;
  let newSensor: () => Promise<Sensor>;
  let stored: () => Promise<Sample[]>;

  beforeEach(async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    clock = new FixedClock();
    sensors = new Sensors(database, clock);
    const options = { commitIntervalMs: 0 };
    const writer = new SampleWriter(new DatabaseSampleStore(database), new Hub(), options);
    const ingest = new Ingest(writer, sensors, clock, options, new SensorClocks());
    newSensor = async () => (await sensors.create('alice', 'Chest strap')).sensor;
    sensor = await newSensor();
    receive = (items, sentMs) => ingest.receive(sensor, items, sentMs);
    stored = async () => {
      const samples = database.kysely.selectFrom('heart_rate_sample').selectAll().where('sensor_id', '=', sensor.id);
      return (await samples.orderBy('sensor_ms').execute()).map(sampleOf);
    };
  });

  it('tells whether the sensor touches the skin now, when it was measured now', async () => {
    const measured = (ago: number, contact?: boolean) => ({
      heartRate: 72,
      timestamp: at(clock.nowMs() - ago),
      ...(contact !== undefined && { contact }),
    });
    const contact = async () => (await sensors.list('alice')).find(({ id }) => id === sensor.id)?.contact;
    await receive([measured(2_000, true), measured(1_000)]);
    expect(await contact()).toBeUndefined();
    await receive([measured(500, true)]);
    expect(await contact()).toBe(true);
    await receive([measured(HOUR_MS, false)]);
    expect(await contact()).toBe(true);
    await receive([measured(100, false)]);
    expect(await contact()).toBe(false);
  });

  it('is put right when it tells when it was sent, and both times are kept', async () => {
    const ahead = clock.nowMs() + 5 * HOUR_MS;
    const items = [-2_000, -1_000, 0].map((ms) => ({ heartRate: 72, timestamp: at(ahead + ms), sentAt: at(ahead) }));
    clock.advanceMs(100);
    expect(await receive(items)).toEqual({ stored: 3, duplicate: 0, refused: 0 });
    const now = clock.nowMs();
    expect((await stored()).map(({ recordedMs, sensorMs }) => [recordedMs, sensorMs])).toEqual([
      [now - 2_000, ahead - 2_000],
      [now - 1_000, ahead - 1_000],
      [now, ahead],
    ]);
  });

  it('is put right by the time of the message, too', async () => {
    const behind = clock.nowMs() - 24 * HOUR_MS;
    await receive([{ measure: 72, time: behind - 500 }], behind);
    expect(await stored()).toMatchObject([{ recordedMs: clock.nowMs() - 500, sensorMs: behind - 500 }]);
  });

  it('is believed when it does not tell when it was sent, as far as it does not lie ahead', async () => {
    const now = clock.nowMs();
    const told = { heartRate: 72, timestamp: at(now - HOUR_MS), sentAt: at(now - HOUR_MS) };
    const untold = { heartRate: 72, timestamp: at(now - HOUR_MS + 1) };
    const ahead = { heartRate: 72, timestamp: at(now + MAX_AHEAD_MS + 1) };
    expect(await receive([told, untold, ahead])).toMatchObject({
      stored: 2,
      refusals: [{ index: 2, reason: 'time_ahead' }],
    });
    expect((await stored()).map(({ recordedMs }) => recordedMs)).toEqual([now, now - HOUR_MS + 1]);
  });

  it('keeps its distances when much was kept for long, and is not moved but as a whole', async () => {
    const sensorNow = clock.nowMs() - 10 * 24 * HOUR_MS;
    const times = [0, 1, 999, HOUR_MS, 8 * HOUR_MS].map((ago) => sensorNow - ago);
    await receive(times.map((time) => ({ heartRate: 72, timestamp: at(time), sentAt: at(sensorNow) })));
    const moved = (await stored()).map(({ recordedMs, sensorMs }) => recordedMs - sensorMs);
    expect(moved).toEqual(times.map(() => 10 * 24 * HOUR_MS));
  });

  it('is measured by what was sent last, when a message was put together over hours', async () => {
    const now = clock.nowMs();
    const told = [0, 3 * HOUR_MS].map((ago) => ({ heartRate: 72, timestamp: at(now - ago), sentAt: at(now - ago) }));
    await receive(told);
    expect((await stored()).map(({ recordedMs }) => recordedMs)).toEqual([now - 3 * HOUR_MS, now]);
  });

  it('is refused when it would lie before 1970 once it is put right', async () => {
    const ahead = clock.nowMs() + 2 * HOUR_MS;
    const told = [HOUR_MS, 2 * HOUR_MS].map((time) => ({ heartRate: 72, timestamp: at(time), sentAt: at(ahead) }));
    expect(await receive(told)).toMatchObject({ stored: 1, refusals: [{ index: 0, reason: 'time_before_1970' }] });
  });

  it('is stored once however often it is sent, whatever its clock is thought to be meanwhile, and nothing else is lost', async () => {
    const message = fc.record({
      /** Which of some measurements it carries. */
      seconds: fc.uniqueArray(fc.nat(20), { minLength: 1 }),
      afterMs: fc.nat(SKEW_WINDOW_MS),
      delayMs: fc.nat(3 * TOLERATED_SKEW_MS),
      /** What the clock is put forward. */
      forwardMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(HOUR_MS)),
      tells: fc.boolean(),
    });
    const skew = fc.integer({ min: -6 * HOUR_MS, max: 48 * HOUR_MS });
    await fc.assert(
      fc.asyncProperty(skew, fc.array(message, { minLength: 1, maxLength: 8 }), async (behindMs, messages) => {
        sensor = await newSensor();
        const first = clock.nowMs() - behindMs - HOUR_MS;
        let forward = 0;
        for (const { seconds, afterMs, delayMs, forwardMs, tells } of messages) {
          clock.advanceMs(afterMs + delayMs);
          forward += forwardMs;
          // Of a clock that is ahead it has to tell, or is refused.
          const sentAt = tells || behindMs < 0 ? { sentAt: at(clock.nowMs() - delayMs - behindMs + forward) } : {};
          await receive(
            seconds.map((second) => ({ heartRate: 60 + second, timestamp: at(first + second), ...sentAt })),
          );
        }
        const sent = new Set(messages.flatMap(({ seconds }) => seconds));
        const kept = await stored();
        expect(kept.map(({ sensorMs }) => sensorMs - first)).toEqual([...sent].sort((a, b) => a - b));
        expect(kept.map(({ heartRate }) => heartRate - 60)).toEqual(kept.map(({ sensorMs }) => sensorMs - first));
        const latest = Math.max(...kept.map(({ recordedMs }) => recordedMs));
        expect(latest).toBeLessThanOrEqual(clock.nowMs() + MAX_AHEAD_MS + TOLERATED_SKEW_MS);
      }),
      { numRuns: 40 },
    );
  });
});
