import fc from 'fast-check';

import { LATEST_MS, SensorClocks, SKEW_WINDOW_MS, TOLERATED_SKEW_MS } from './sensor-clocks.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;

/** A sensor whose clock is behind by a time. @returns what is added to a message that comes after another time under way */
function aSensor(behindMs: number) {
  const clocks = new SensorClocks();
  let [behind, now] = [behindMs, NOW];
  return {
    message: (delayMs: number, afterMs = 1_000): number => {
      now += afterMs;
      return clocks.correctionMs('strap', now - delayMs - behind, now);
    },
    setBehind: (ms: number): void => void (behind = ms),
    setOurs: (ms: number): void => void (now = ms),
  };
}

describe('the clock of a sensor', () => {
  it.each([
    { what: 'right', behindMs: 0, correction: 0 },
    { what: 'hours ahead', behindMs: -5 * HOUR_MS, correction: -5 * HOUR_MS + 30 },
    { what: 'years behind', behindMs: NOW, correction: NOW + 30 },
    { what: 'a little ahead', behindMs: -TOLERATED_SKEW_MS - 30, correction: 0 },
    { what: 'a little behind', behindMs: TOLERATED_SKEW_MS - 30, correction: 0 },
    { what: 'more than a little ahead', behindMs: -TOLERATED_SKEW_MS - 31, correction: -TOLERATED_SKEW_MS - 1 },
    { what: 'more than a little behind', behindMs: TOLERATED_SKEW_MS - 29, correction: TOLERATED_SKEW_MS + 1 },
  ])('that is $what is put right by its first message', ({ behindMs, correction }) => {
    expect(aSensor(behindMs).message(30)).toBe(correction);
  });

  it('is no other one’s clock', () => {
    const clocks = new SensorClocks();
    clocks.correctionMs('strap', NOW - HOUR_MS, NOW);
    expect(clocks.correctionMs('watch', NOW, NOW)).toBe(0);
  });

  it('is not thought to be behind because messages are late', () => {
    const sensor = aSensor(-HOUR_MS);
    const before = sensor.message(30);
    expect([sensor.message(45_000), sensor.message(20_000), sensor.message(30)]).toEqual([before, before, before]);
  });

  it('is known better once a message is faster', () => {
    const sensor = aSensor(-HOUR_MS);
    expect(sensor.message(10_000)).toBe(-HOUR_MS + 10_000);
    expect(sensor.message(40)).toBe(-HOUR_MS + 40);
  });

  it('is not thought of anew for a message that is a little faster', () => {
    const sensor = aSensor(-HOUR_MS);
    const corrections = [1_000, 30, 2_000].map((delayMs) => sensor.message(delayMs));
    expect(corrections).toEqual([-HOUR_MS + 1_000, -HOUR_MS + 1_000, -HOUR_MS + 1_000]);
  });

  it('is believed at once when it is put forward', () => {
    const sensor = aSensor(HOUR_MS);
    expect(sensor.message(30)).toBe(HOUR_MS + 30);
    sensor.setBehind(0);
    expect(sensor.message(30)).toBe(0);
  });

  it.each([
    { what: 'two hours ahead', aheadMs: 2 * HOUR_MS },
    { what: 'a year ahead', aheadMs: 365 * 24 * HOUR_MS },
    { what: 'nearly eight thousand years ahead', aheadMs: Date.parse('9999-12-31T23:00:00Z') - NOW },
    { what: 'a little more ahead than messages are late', aheadMs: LATEST_MS + 1_000 + 31 },
  ])('is believed at once when it was $what and is set right', ({ aheadMs }) => {
    const sensor = aSensor(-aheadMs);
    expect(sensor.message(30)).toBe(30 - aheadMs);
    sensor.setBehind(0);
    expect([sensor.message(30), sensor.message(30)]).toEqual([0, 0]);
  });

  it('is believed after two windows when it is put back by no more than messages are late', () => {
    const sensor = aSensor(0);
    sensor.message(30);
    sensor.setBehind(LATEST_MS);
    expect(sensor.message(30, SKEW_WINDOW_MS)).toBe(0);
    expect(sensor.message(30, SKEW_WINDOW_MS)).toBe(LATEST_MS + 30);
  });

  it('is measured anew after a long silence: ours may have been put forward', () => {
    const sensor = aSensor(0);
    sensor.message(30);
    sensor.setBehind(HOUR_MS);
    expect(sensor.message(30, 2 * SKEW_WINDOW_MS)).toBe(HOUR_MS + 30);
  });

  it('is measured anew when ours is put back', () => {
    const sensor = aSensor(0);
    sensor.message(30);
    sensor.setOurs(NOW - HOUR_MS);
    sensor.setBehind(-HOUR_MS);
    expect(sensor.message(30)).toBe(-HOUR_MS + 30);
  });

  it('is put right to within the tolerance and the fastest message, whatever is late, and nothing lies ahead of us', () => {
    const delays = fc.array(fc.record({ delayMs: fc.nat(40_000), afterMs: fc.nat(30_000) }), { minLength: 1 });
    fc.assert(
      fc.property(fc.integer({ min: -NOW, max: NOW }), delays, (behindMs, messages) => {
        const sensor = aSensor(behindMs);
        let fastest = Infinity;
        for (const { delayMs, afterMs } of messages) {
          fastest = Math.min(fastest, delayMs);
          const wrongBy = sensor.message(delayMs, afterMs) - behindMs;
          expect(wrongBy).toBeGreaterThanOrEqual(fastest - TOLERATED_SKEW_MS);
          // What was measured as the message left lies at most this far ahead of its arrival.
          expect(wrongBy - delayMs).toBeLessThanOrEqual(TOLERATED_SKEW_MS);
        }
      }),
    );
  });
});
