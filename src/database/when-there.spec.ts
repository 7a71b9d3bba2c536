import { Logger } from '@nestjs/common';

import { FixedClock } from '../common/clock.fake.js';
import { whenThere } from './when-there.js';

describe('whenThere', () => {
  let clock: FixedClock;
  let pauses: number[];
  let warn: jest.SpyInstance;

  beforeEach(() => {
    clock = new FixedClock();
    pauses = [];
    warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });

  const waiting = {
    nowMs: () => clock.nowMs(),
    pause: (milliseconds: number) => {
      pauses.push(milliseconds);
      clock.advanceMs(milliseconds);
      return Promise.resolve();
    },
  };
  const failure = (code?: string, message = 'password=swordfish') => Object.assign(new Error(message), { code });

  /** Fails in some ways, one after the other, then succeeds. */
  const failing =
    (...failures: readonly Error[]) =>
    (): Promise<string> => {
      const [next, ...others] = failures;
      failures = others;
      return next === undefined ? Promise.resolve('there') : Promise.reject(next);
    };

  it.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', '57P01', '57P02', '57P03'].map(
      (code): [string, Error] => [code, failure(code)],
    ),
    ['timeout of pg', failure(undefined, 'timeout exceeded when trying to connect')],
    ['end of the connection', failure(undefined, 'Connection terminated unexpectedly')],
  ])('tries again after a second while the server is away: %s', async (_what, error) => {
    await expect(whenThere(failing(error, error), waiting)).resolves.toBe('there');
    expect(pauses).toEqual([1_000, 1_000]);
  });

  it.each(['28P01', '28000', '3D000', '42501', undefined])(
    'does not wait where that does not help: %s',
    async (code) => {
      const error = failure(code);
      await expect(whenThere(failing(error), waiting)).rejects.toBe(error);
      expect(pauses).toEqual([]);
      expect(warn).not.toHaveBeenCalled();
    },
  );

  it('gives up after half a minute, however long each try takes', async () => {
    const quick = failure('ECONNREFUSED');
    await expect(whenThere(() => Promise.reject(quick), waiting)).rejects.toBe(quick);
    expect(pauses).toHaveLength(30);
    pauses = [];
    const slow = failure('ETIMEDOUT');
    const attempt = (): Promise<never> => {
      clock.advanceMs(5_000);
      return Promise.reject(slow);
    };
    await expect(whenThere(attempt, waiting)).rejects.toBe(slow);
    expect(pauses).toHaveLength(5);
  });

  it('says once in the log that it waits, without what an address may hold', async () => {
    await whenThere(failing(failure('ECONNREFUSED'), failure('57P03')), waiting);
    expect(warn.mock.calls).toEqual([
      ['PostgreSQL cannot be used yet (ECONNREFUSED): it is tried again each second, for 30 seconds at most.'],
    ]);
  });
});
