import { FixedClock } from '../../common/clock.fake.js';
import { CircuitBreaker } from './circuit-breaker.js';

describe('CircuitBreaker', () => {
  const clock = new FixedClock();
  const broken = () => {
    const breaker = new CircuitBreaker(clock, { failures: 3, pauseMs: 1000 });
    for (let count = 0; count < 3; count++) breaker.failed();
    return breaker;
  };

  it('lets calls through while failures are fewer than the limit', () => {
    const breaker = new CircuitBreaker(clock, { failures: 3, pauseMs: 1000 });
    breaker.failed();
    breaker.failed();
    expect(breaker.allows()).toBe(true);
  });

  it('counts failures in a row only', () => {
    const breaker = new CircuitBreaker(clock, { failures: 2, pauseMs: 1000 });
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    expect(breaker.allows()).toBe(true);
  });

  it('refuses calls during the pause that follows the last failure allowed', () => {
    const breaker = broken();
    clock.advanceMs(999);
    expect(breaker.allows()).toBe(false);
  });

  it('lets exactly one probe through after each pause', () => {
    const breaker = broken();
    clock.advanceMs(1000);
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    breaker.failed();
    expect(breaker.allows()).toBe(false);
    clock.advanceMs(1000);
    expect(breaker.allows()).toBe(true);
  });

  it('does not pause for an hour because the clock was set back by one', () => {
    const breaker = broken();
    clock.advanceMs(-3_600_000);
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    clock.advanceMs(1000);
    expect(breaker.allows()).toBe(true);
  });

  it('closes when the probe succeeds', () => {
    const breaker = broken();
    clock.advanceMs(1000);
    breaker.allows();
    breaker.succeeded();
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
  });
});
