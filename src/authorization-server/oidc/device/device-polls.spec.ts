import { FixedClock } from '../../../common/clock.fake.js';
import { DevicePolls } from './device-polls.js';

describe('the questions of devices', () => {
  let clock: FixedClock;
  let polls: DevicePolls;

  beforeEach(() => {
    clock = new FixedClock();
    polls = new DevicePolls(clock);
  });

  const askedAfter = (seconds: number, deviceCode = 'code') => {
    clock.advanceMs(seconds * 1000);
    return polls.isTooSoon(deviceCode);
  };

  it('are in time five seconds after the one before, and not earlier', () => {
    expect([0, 5, 4.999, 5, 60].map((seconds) => askedAfter(seconds))).toEqual([false, false, true, false, false]);
  });

  it('count anew with each that came too soon', () => {
    expect([0, 3, 3, 5].map((seconds) => askedAfter(seconds))).toEqual([false, true, true, false]);
  });

  it('are counted for each device by itself', () => {
    expect(askedAfter(0, 'one')).toBe(false);
    expect(askedAfter(1, 'other')).toBe(false);
    expect(askedAfter(1, 'one')).toBe(true);
    expect(askedAfter(4, 'other')).toBe(false);
  });
});
