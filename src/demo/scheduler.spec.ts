import { FakeScheduler } from './scheduler.fake.js';
import { SystemScheduler } from './scheduler.js';

const A_MONTH_MS = 30 * 24 * 3_600_000;

describe('waiting until an instant', () => {
  it('ends at once when the instant is not ahead', async () => {
    const scheduler = new FakeScheduler();
    await scheduler.until(scheduler.nowMs());
    expect(scheduler.delaysMs).toEqual([]);
  });

  it('ends when the instant has come', async () => {
    const scheduler = new FakeScheduler();
    const waited = scheduler.until(scheduler.nowMs() + 1500).then(() => scheduler.nowMs());
    const start = scheduler.nowMs();
    expect(await scheduler.elapse()).toBe(1500);
    expect(await waited).toBe(start + 1500);
  });

  it('is cut into pieces that a timer can take', async () => {
    const scheduler = new FakeScheduler();
    const waited = scheduler.until(scheduler.nowMs() + A_MONTH_MS);
    expect(await scheduler.elapse()).toBe(2 ** 31 - 1);
    expect(await scheduler.elapse()).toBe(A_MONTH_MS - (2 ** 31 - 1));
    await waited;
  });

  it('ends when it is aborted, and leaves no timer behind', async () => {
    const scheduler = new FakeScheduler();
    const abort = new AbortController();
    const waited = scheduler.until(scheduler.nowMs() + 1500, abort.signal);
    abort.abort();
    await waited;
    expect(scheduler.delaysMs).toEqual([]);
    await scheduler.until(scheduler.nowMs() + 1500, abort.signal);
    expect(scheduler.delaysMs).toEqual([]);
  });
});

describe("the machine's scheduler", () => {
  it('tells the time and runs an action later, not at once', async () => {
    const scheduler = new SystemScheduler();
    const before = Date.now();
    expect(scheduler.nowMs()).toBeGreaterThanOrEqual(before);
    const order: string[] = [];
    const ran = new Promise<void>((resolve) => {
      scheduler.after(0, () => {
        order.push('later');
        resolve();
      });
    });
    order.push('now');
    await ran;
    expect(order).toEqual(['now', 'later']);
  });

  it('runs nothing that was taken back', async () => {
    const scheduler = new SystemScheduler();
    const ran: string[] = [];
    const takeBack = scheduler.after(0, () => ran.push('taken back'));
    takeBack();
    await new Promise<void>((resolve) => {
      scheduler.after(1, resolve);
    });
    expect(ran).toEqual([]);
  });
});
