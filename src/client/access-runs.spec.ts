import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { clientMigrations, type ClientTables } from '../database/client/access.js';
import { AccessRuns } from './access-runs.js';

describeOnEachDatabase('AccessRuns', (open) => {
  let runs: AccessRuns;
  const clock = new FixedClock();
  beforeEach(async () => {
    runs = new AccessRuns(await open<ClientTables>(clientMigrations), clock);
  });

  const bob = { issuer: 'https://as.example', subject: 'bob' };
  const heart = 'https://rs.example/resources/1/heart-rate';
  const otherHeart = 'https://rs.example/resources/2/heart-rate';

  it('remembers what was opened, and when', async () => {
    const run = await runs.open(bob, heart);
    expect(run).toEqual({ id: run.id, resource: heart, opened_ms: clock.nowMs(), stage: null });
    expect(await runs.find(bob, run.id)).toEqual(run);
  });

  it('knows a resource that is opened again as the same run, opened later', async () => {
    const first = await runs.open(bob, heart);
    clock.advanceMs(60_000);
    const second = await runs.open(bob, heart);
    expect(second).toEqual({ ...first, opened_ms: first.opened_ms + 60_000 });
    expect(await runs.list(bob)).toHaveLength(1);
  });

  it('lists the newest first', async () => {
    await runs.open(bob, heart);
    clock.advanceMs(1);
    await runs.open(bob, otherHeart);
    expect((await runs.list(bob)).map(({ resource }) => resource)).toEqual([otherHeart, heart]);
    clock.advanceMs(1);
    await runs.open(bob, heart);
    expect((await runs.list(bob)).map(({ resource }) => resource)).toEqual([heart, otherHeart]);
  });

  it('lists a hundred at most', async () => {
    for (let number = 0; number < 101; number++) await runs.open(bob, `${heart}/${number}`);
    expect(await runs.list(bob)).toHaveLength(100);
  });

  it.each([
    ['another subject', { ...bob, subject: 'carol' }],
    ['the same subject of another issuer', { ...bob, issuer: 'https://other.example' }],
  ])('shows nothing of it to %s', async (_whom, stranger) => {
    const { id } = await runs.open(bob, heart);
    expect(await runs.find(stranger, id)).toBeUndefined();
    expect(await runs.list(stranger)).toEqual([]);
    expect((await runs.open(stranger, heart)).id).not.toBe(id);
  });

  it('finds the run of a resource, for whoever opened it alone', async () => {
    const run = await runs.open(bob, heart);
    expect(await runs.of(bob, heart)).toEqual(run);
    expect(await runs.of(bob, otherHeart)).toBeUndefined();
    expect(await runs.of({ ...bob, subject: 'carol' }, heart)).toBeUndefined();
  });

  it('knows no run that was never opened', async () => {
    expect(await runs.find(bob, 'unknown')).toBeUndefined();
  });
});
