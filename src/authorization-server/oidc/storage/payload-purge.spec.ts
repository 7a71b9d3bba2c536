import { Logger } from '@nestjs/common';

import { FixedClock } from '../../../common/clock.fake.js';
import { PayloadPurge } from './payload-purge.js';

describe('the purge of expired payloads', () => {
  const brokenDatabase = {} as never;
  const attempts = { purge: () => Promise.reject(new Error('database is gone')) } as never;

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('comes round every ten minutes, says when it failed, and ends with the process', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const purge = new PayloadPurge(brokenDatabase, new FixedClock(), attempts);
    purge.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(9 * 60_000);
    expect(warn).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(warn).toHaveBeenCalledTimes(1);
    purge.onModuleDestroy();
    expect(jest.getTimerCount()).toBe(0);
  });
});
