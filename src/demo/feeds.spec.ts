import { feedHeart, feedReplay, type ReplayTarget } from './feeds.js';
import type { RecordedSample } from './recordings/recorded-sample.js';
import { planReplay } from './replay.js';
import { FakeScheduler } from './scheduler.fake.js';
import type { SensorTotals } from './sensor.js';
import { SensorError } from './sensor-error.js';
import { SimulatedHeart } from './simulator.js';

const THEN = Date.parse('2015-08-15T06:00:00Z');
const RECORDING: readonly RecordedSample[] = [60, 61, 62, 63].map((heartRate, index) => ({
  recordedAtMs: THEN + index * 1000,
  heartRate,
}));

/** A sensor whose server stores at once. Notes when what was recorded; may fail from some record on. */
class FakeSensor implements ReplayTarget {
  readonly recorded: { readonly atMs: number; readonly samples: readonly RecordedSample[] }[] = [];

  constructor(
    private readonly scheduler: FakeScheduler,
    private readonly failsAfter = Number.POSITIVE_INFINITY,
  ) {}

  get totals(): SensorTotals {
    const stored = this.recorded.flatMap(({ samples }) => samples).length;
    return { stored, duplicate: 0, refused: 0, reasons: new Map() };
  }

  record(samples: readonly RecordedSample[]): void {
    if (this.recorded.length >= this.failsAfter) throw new SensorError('unauthorized', 'http://localhost:4000');
    this.recorded.push({ atMs: this.scheduler.nowMs(), samples });
  }

  acknowledged(): Promise<SensorTotals> {
    return Promise.resolve(this.totals);
  }
}

describe('feeding a simulated heart', () => {
  it('records it once a second, with the time of the measurement, until it is aborted', async () => {
    const scheduler = new FakeScheduler();
    const startMs = scheduler.nowMs();
    const sensor = new FakeSensor(scheduler);
    const abort = new AbortController();
    const fed = feedHeart(new SimulatedHeart(7), sensor, scheduler, abort.signal);
    for (let second = 0; second < 3; second++) expect(await scheduler.elapse()).toBe(1000);
    await Promise.resolve();
    abort.abort();
    await fed;
    const heart = new SimulatedHeart(7);
    expect(sensor.recorded).toEqual(
      [1, 2, 3].map((second) => {
        const atMs = startMs + second * 1000;
        return { atMs, samples: [{ recordedAtMs: atMs, heartRate: heart.next(1) }] };
      }),
    );
    expect(scheduler.delaysMs).toEqual([]);
  });

  it('ends with the error of the sensor', async () => {
    const scheduler = new FakeScheduler();
    const fed = feedHeart(new SimulatedHeart(7), new FakeSensor(scheduler, 1), scheduler, new AbortController().signal);
    const failed = expect(fed).rejects.toMatchObject({ code: 'unauthorized' });
    await scheduler.elapse();
    await scheduler.elapse();
    await failed;
  });
});

describe('feeding a replay', () => {
  it('records each sample when it is due and tells what became of all', async () => {
    const scheduler = new FakeScheduler();
    const startMs = scheduler.nowMs();
    const sensor = new FakeSensor(scheduler);
    const plan = planReplay(RECORDING, { nowMs: startMs, speed: 2 });
    const fed = feedReplay(plan, sensor, scheduler, new AbortController().signal);
    for (let step = 0; step < 3; step++) expect(await scheduler.elapse()).toBe(500);
    await expect(fed).resolves.toMatchObject({ stored: 4, duplicate: 0, refused: 0 });
    expect(sensor.recorded).toEqual(plan.steps.map(({ dueMs, samples }) => ({ atMs: dueMs, samples })));
    expect(sensor.recorded.map(({ atMs }) => atMs - startMs)).toEqual([0, 500, 1000, 1500]);
  });

  it('stops when it is aborted and tells what became of the part that was sent', async () => {
    const scheduler = new FakeScheduler();
    const sensor = new FakeSensor(scheduler);
    const abort = new AbortController();
    const plan = planReplay(RECORDING, { nowMs: scheduler.nowMs(), speed: 1 });
    const fed = feedReplay(plan, sensor, scheduler, abort.signal);
    await scheduler.elapse();
    abort.abort();
    await expect(fed).resolves.toMatchObject({ stored: sensor.recorded.length });
    expect(sensor.recorded.length).toBeLessThan(RECORDING.length);
  });
});
