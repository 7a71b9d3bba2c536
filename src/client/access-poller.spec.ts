import { Logger } from '@nestjs/common';

import { AccessPoller } from './access-poller.js';
import type { AccessWaits, ClaimedWait } from './access-waits.js';
import type { SharedHeartRate } from './shared-heart-rate.js';
import type { SharedResources } from './shared-resources.js';

const wait = (runId: string): ClaimedWait => ({
  runId,
  person: { issuer: 'https://as.example', subject: 'bob' },
  resource: 'https://rs.example/resources/1/heart-rate',
  sessionId: 'session',
  process: undefined,
  waitedMs: 5_000,
  version: 1,
});

describe('the poller of waiting accesses', () => {
  let failed: jest.SpyInstance;
  const finished: string[] = [];
  const waiting: string[] = [];
  beforeEach(() => {
    finished.length = 0;
    waiting.length = 0;
    failed = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  });

  function poller(claimDue: () => Promise<readonly ClaimedWait[]>, look: (runId: number) => Promise<object>) {
    let looks = 0;
    const waits = {
      claimDue,
      finish: ({ runId }: ClaimedWait) => Promise.resolve(finished.push(runId)),
      wait: ({ runId }: ClaimedWait) => Promise.resolve(waiting.push(runId)),
    };
    return new AccessPoller(
      waits as unknown as AccessWaits,
      {} as SharedResources,
      { latest: () => look(++looks) } as unknown as SharedHeartRate,
    );
  }

  it('tells the operator of a wait that fails, and looks after the others', async () => {
    const due = () => Promise.resolve(['run-1', 'run-2', 'run-3'].map(wait));
    await poller(due, (number) => (number === 2 ? Promise.reject(new Error('away')) : Promise.resolve({}))).tick();
    expect(finished).toEqual(['run-1', 'run-3']);
    expect(failed).toHaveBeenCalledTimes(1);
  });

  it('goes on after a tick in which the database is away', async () => {
    let ticks = 0;
    const due = () => (++ticks === 1 ? Promise.reject(new Error('away')) : Promise.resolve([wait('run-1')]));
    const polling = poller(due, () => Promise.resolve({}));
    await polling.tick();
    await polling.tick();
    expect([finished, failed.mock.calls.length]).toEqual([['run-1'], 1]);
  });

  it.each([429, 500, 503])('waits on when the resource server answers %d: nobody has said anything', async (status) => {
    const ending = { kind: 'answered', response: { status } };
    await poller(
      () => Promise.resolve([wait('run-1')]),
      () => Promise.resolve({ ending }),
    ).tick();
    expect([waiting, finished]).toEqual([['run-1'], []]);
  });

  it('ends the wait when there is no such resource any more', async () => {
    const ending = { kind: 'answered', response: { status: 404 } };
    await poller(
      () => Promise.resolve([wait('run-1')]),
      () => Promise.resolve({ ending }),
    ).tick();
    expect([waiting, finished]).toEqual([[], ['run-1']]);
  });

  describe('by the clock', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    it('looks once a second while the process runs, never twice at a time, and not any more when it ends', async () => {
      let ticks = 0;
      let release = (): void => undefined;
      const due = () => {
        ticks++;
        return new Promise<readonly ClaimedWait[]>((resolve) => {
          release = () => {
            resolve([]);
          };
        });
      };
      const polling = poller(due, () => Promise.resolve({}));
      polling.onApplicationBootstrap();
      await jest.advanceTimersByTimeAsync(5_000);
      expect(ticks).toBe(1);
      release();
      await jest.advanceTimersByTimeAsync(1_000);
      expect(ticks).toBe(2);
      release();
      await polling.onModuleDestroy();
      await jest.advanceTimersByTimeAsync(5_000);
      expect(ticks).toBe(2);
    });

    it('does not hold up the end of the process for a server that does not answer', async () => {
      const forever = () => new Promise<never>(() => undefined);
      const polling = poller(forever, forever);
      void polling.tick();
      const ended = polling.onModuleDestroy();
      await jest.advanceTimersByTimeAsync(3_000);
      await expect(ended).resolves.toBeUndefined();
    });
  });
});
