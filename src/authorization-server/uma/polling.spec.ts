import { pollInterval } from './polling.js';
import { BEGINNING } from './progress.js';

const SECOND = 1_000;

/** What a client is told that comes again after some seconds, having been told to wait `pollSeconds`. */
const toldAfter = (seconds: number, pollSeconds: number | undefined): number => {
  const progress = { ...BEGINNING, ...(pollSeconds === undefined ? {} : { pollSeconds }) };
  return pollInterval({ progress, issuedMs: 7 * SECOND }, (7 + seconds) * SECOND);
};

describe('how long a client waits before it asks again (UMA 2.0 Grant section 3.3.6)', () => {
  it.each([
    ['five seconds at first', 0, undefined, 5],
    ['a second longer when it was patient', 5, 5, 6],
    ['twice as long when it was not', 4.999, 5, 10],
    ['a minute at most', 1, 40, 60],
    ['and no longer than that', 0, 60, 60],
    ['whoever is patient', 60, 60, 60],
  ])('is %s', (_what, seconds, pollSeconds, expected) => {
    expect(toldAfter(seconds, pollSeconds)).toBe(expected);
  });
});
