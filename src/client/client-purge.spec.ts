import { FixedClock } from '../common/clock.fake.js';
import type { ClaimsRedirects } from './claims-redirects.js';
import { ClientPurge } from './client-purge.js';
import type { SealedPctStore } from './sealed-pct-store.js';
import type { SealedRptStore } from './sealed-rpt-store.js';

it('forgets in every table what has expired by now', async () => {
  const clock = new FixedClock();
  const purged: [string, number][] = [];
  const table = (name: string) => ({
    purge: (nowMs: number) => {
      purged.push([name, nowMs]);
      return Promise.resolve();
    },
  });
  await new ClientPurge(
    table('rpt') as SealedRptStore,
    table('pct') as SealedPctStore,
    table('claims_redirect') as ClaimsRedirects,
    clock,
  ).purge();
  expect(purged).toEqual([
    ['rpt', clock.nowMs()],
    ['pct', clock.nowMs()],
    ['claims_redirect', clock.nowMs()],
  ]);
});
