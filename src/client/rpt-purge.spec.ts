import { Logger } from '@nestjs/common';

import { FixedClock } from '../common/clock.fake.js';
import { RptPurge } from './rpt-purge.js';
import type { SealedRptStore } from './sealed-rpt-store.js';

const TEN_MINUTES_MS = 10 * 60_000;

describe('RptPurge', () => {
  const clock = new FixedClock();
  const purged: number[] = [];
  let failure: Error | undefined;
  const store = {
    purge: (nowMs: number) => {
      purged.push(nowMs);
      return failure === undefined ? Promise.resolve() : Promise.reject(failure);
    },
  };
  const purge = new RptPurge(store as SealedRptStore, clock);

  beforeEach(() => {
    purged.length = 0;
    failure = undefined;
    jest.useFakeTimers();
    purge.onModuleInit();
  });
  afterEach(() => {
    purge.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('removes expired tokens every ten minutes, until the process ends', async () => {
    await jest.advanceTimersByTimeAsync(TEN_MINUTES_MS - 1);
    expect(purged).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(purged).toEqual([clock.nowMs()]);
    purge.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(TEN_MINUTES_MS);
    expect(purged).toHaveLength(1);
  });

  it('says so when the database fails, and tries again', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    failure = new Error('disk full');
    await jest.advanceTimersByTimeAsync(2 * TEN_MINUTES_MS);
    expect(purged).toHaveLength(2);
    expect(warned).toHaveBeenCalledTimes(2);
  });
});
