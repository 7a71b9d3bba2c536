import { Logger } from '@nestjs/common';

import { Purge } from './purge.js';

class CountingPurge extends Purge {
  count = 0;
  failure: Error | undefined;

  override purge(): Promise<void> {
    this.count++;
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }
}

describe('a purge', () => {
  const TEN_MINUTES_MS = 600_000;
  let purge: CountingPurge;

  beforeEach(() => {
    jest.useFakeTimers();
    purge = new CountingPurge(10);
    purge.onApplicationBootstrap();
  });
  afterEach(() => {
    purge.onModuleDestroy();
    jest.useRealTimers();
  });

  it('comes round as often as it is told, until the process ends', async () => {
    await jest.advanceTimersByTimeAsync(TEN_MINUTES_MS - 1);
    expect(purge.count).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(purge.count).toBe(1);
    purge.onModuleDestroy();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('says so when it fails, and comes round again', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    purge.failure = new Error('disk full');
    await jest.advanceTimersByTimeAsync(2 * TEN_MINUTES_MS);
    expect(warn).toHaveBeenCalledTimes(2);
    expect(warn).toHaveBeenCalledWith(expect.any(String), purge.failure);
  });
});
