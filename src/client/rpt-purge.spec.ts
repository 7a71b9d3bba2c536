import { FixedClock } from '../common/clock.fake.js';
import { RptPurge } from './rpt-purge.js';
import type { SealedRptStore } from './sealed-rpt-store.js';

it('forgets the requesting party tokens that have expired by now', async () => {
  const clock = new FixedClock();
  const purgedAt: number[] = [];
  const store = {
    purge: (nowMs: number) => {
      purgedAt.push(nowMs);
      return Promise.resolve();
    },
  };
  await new RptPurge(store as SealedRptStore, clock).purge();
  expect(purgedAt).toEqual([clock.nowMs()]);
});
