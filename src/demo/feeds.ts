import type { ReplayPlan } from './replay.js';
import type { Scheduler } from './scheduler.js';
import type { Sensor, SensorTotals } from './sensor.js';
import type { SimulatedHeart } from './simulator.js';

const A_SECOND_MS = 1000;

/** The part of a sensor that a simulated heart needs. */
export type Recorder = Pick<Sensor, 'record'>;
/** The part of a sensor that a replay needs. */
export type ReplayTarget = Pick<Sensor, 'record' | 'acknowledged' | 'totals'>;

/**
 * Lets a sensor measure a simulated heart once a second, until the signal is aborted.
 *
 * @throws SensorError when the sensor can send no more
 */
export async function feedHeart(
  heart: SimulatedHeart,
  sensor: Recorder,
  scheduler: Scheduler,
  signal: AbortSignal,
): Promise<void> {
  let lastMs = scheduler.nowMs();
  for (;;) {
    await scheduler.until(lastMs + A_SECOND_MS, signal);
    if (signal.aborted) return;
    const nowMs = scheduler.nowMs();
    sensor.record([{ recordedAtMs: nowMs, heartRate: heart.next((nowMs - lastMs) / A_SECOND_MS) }]);
    lastMs = nowMs;
  }
}

/**
 * Lets a sensor send a recording as planned.
 *
 * @returns what became of it, once all is acknowledged; when the signal is aborted, what is acknowledged by then
 * @throws SensorError when the sensor can send no more
 */
export async function feedReplay(
  plan: ReplayPlan,
  sensor: ReplayTarget,
  scheduler: Scheduler,
  signal: AbortSignal,
): Promise<SensorTotals> {
  for (const { dueMs, samples } of plan.steps) {
    await scheduler.until(dueMs, signal);
    if (signal.aborted) return sensor.totals;
    sensor.record(samples);
  }
  return sensor.acknowledged();
}
