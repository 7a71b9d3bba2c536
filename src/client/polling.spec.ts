import fc from 'fast-check';

import { isTooLong, pauseMs } from './polling.js';

const DAY_MS = 86_400_000;

describe('the pause before an owner’s answer is asked for again (C-5)', () => {
  it('is five seconds at first where the authorization server names none', () => {
    expect(pauseMs(0)).toBe(5_000);
  });

  it.each([
    { waitedMs: 0, intervalSeconds: 3, is: 3_000 },
    { waitedMs: 60_000, intervalSeconds: 3, is: 6_000 },
    { waitedMs: 600_000, intervalSeconds: 3, is: 60_000 },
    { waitedMs: DAY_MS, intervalSeconds: 3, is: 60_000 },
    { waitedMs: 0, intervalSeconds: 300, is: 300_000 },
    { waitedMs: 0, intervalSeconds: 0.5, is: 1_000 },
    { waitedMs: 0, intervalSeconds: 1e9, is: 3_600_000 },
  ])('is $is ms after $waitedMs ms, for an interval of $intervalSeconds s', ({ waitedMs, intervalSeconds, is }) => {
    expect(pauseMs(waitedMs, intervalSeconds)).toBe(is);
  });

  it('is never shorter than the interval, of our own accord never longer than a minute, and never longer than an hour', () => {
    fc.assert(
      fc.property(fc.nat(2 * DAY_MS), fc.double({ min: 0, max: 1e6, noNaN: true }), (waitedMs, interval) => {
        const pause = pauseMs(waitedMs, interval);
        expect(pause).toBeGreaterThanOrEqual(Math.min(3_600_000, Math.max(1_000, interval * 1000)));
        expect(pause).toBeLessThanOrEqual(Math.min(3_600_000, Math.max(60_000, Math.ceil(interval * 1000))));
      }),
    );
  });

  it('comes to an end after a day', () => {
    expect([isTooLong(DAY_MS - 1), isTooLong(DAY_MS)]).toEqual([false, true]);
  });
});
