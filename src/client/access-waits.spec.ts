import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { Secret } from '../common/secret.js';
import { clientMigrations, type ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { AccessRuns } from './access-runs.js';
import { AccessWaits, type ClaimedWait } from './access-waits.js';
import type { ClientOptions } from './client.options.js';
import type { Submitted } from './uma-client/index.js';

const options = (secretKey = 'secret key of a test, long enough') =>
  ({ secretKey: new Secret(secretKey) }) as ClientOptions;

describeOnEachDatabase('AccessWaits', (open) => {
  let database: Database<ClientTables>;
  let clock: FixedClock;
  let runs: AccessRuns;
  let waits: AccessWaits;
  let runId: string;
  beforeEach(async () => {
    database = await open<ClientTables>(clientMigrations);
    clock = new FixedClock();
    runs = new AccessRuns(database, clock);
    waits = new AccessWaits(database, clock, options());
    runId = (await runs.open(bob, heart)).id;
  });

  const bob = { issuer: 'https://as.example', subject: 'bob' };
  const heart = 'https://rs.example/resources/1/heart-rate';
  const submitted = (ticket: string | undefined, intervalSeconds?: number): Submitted => ({
    kind: 'submitted',
    authorizationServer: 'https://as.example',
    pushed: ['id-token'],
    ...(ticket !== undefined && { ticket: new Secret(ticket) }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  });
  const stage = async () => (await runs.find(bob, runId))?.stage;
  const ticketOf = (wait: ClaimedWait | undefined) => wait?.process?.ticket.reveal();
  const claimOne = async (): Promise<ClaimedWait> => {
    const [claimed] = await waits.claimDue();
    if (claimed === undefined) throw new Error('Nothing is due.');
    return claimed;
  };

  it('are due when the interval has passed, and not before (C-5)', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    expect(await stage()).toBe('waiting');
    clock.advanceMs(2_999);
    expect(await waits.claimDue()).toEqual([]);
    clock.advanceMs(1);
    const claimed = await claimOne();
    expect(claimed).toMatchObject({ runId, person: bob, resource: heart, sessionId: 'session-1', waitedMs: 3_000 });
    expect(claimed.process).toMatchObject({ authorizationServer: 'https://as.example', pushed: ['id-token'] });
    expect(ticketOf(claimed)).toBe('ticket-1');
  });

  it('are each in the hands of one poller, on whatever instance', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    clock.advanceMs(3_000);
    const other = new AccessWaits(database, clock, options());
    const claimed = await Promise.all([waits.claimDue(), other.claimDue(), waits.claimDue()]);
    expect(claimed.flat()).toHaveLength(1);
  });

  it('go on with the new ticket (C-2)', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    clock.advanceMs(3_000);
    await waits.wait(await claimOne(), submitted('ticket-2', 3));
    expect(await waits.claimDue()).toEqual([]);
    clock.advanceMs(3_000);
    const claimed = await claimOne();
    expect([ticketOf(claimed), claimed.waitedMs]).toEqual(['ticket-2', 6_000]);
  });

  it('never give a ticket away twice: a poller that died leaves none behind, and the wait starts anew', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    clock.advanceMs(3_000);
    await claimOne();
    clock.advanceMs(59_999);
    expect(await waits.claimDue()).toEqual([]);
    clock.advanceMs(1);
    expect((await claimOne()).process).toBeUndefined();
  });

  it('start anew where the authorization server gave no ticket', async () => {
    await waits.begin(runId, 'session-1', submitted(undefined));
    clock.advanceMs(5_000);
    expect(await claimOne()).toMatchObject({ process: undefined, sessionId: 'session-1' });
  });

  it('end with what became of them', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    clock.advanceMs(3_000);
    await waits.finish(await claimOne(), 'declined');
    expect(await stage()).toBe('declined');
    clock.advanceMs(3_600_000);
    expect(await waits.claimDue()).toEqual([]);
  });

  it('that were cancelled stay so, whatever a poll that was under way brings', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    clock.advanceMs(3_000);
    const claimed = await claimOne();
    expect(await waits.cancel(runId)).toBe(true);
    await waits.wait(claimed, submitted('ticket-2', 3));
    await waits.finish(claimed, null);
    expect(await stage()).toBe('cancelled');
    expect(await waits.cancel(runId)).toBe(false);
  });

  it('of a person all end at once, and nobody else’s', async () => {
    const other = await runs.open({ ...bob, subject: 'carol' }, heart);
    for (const id of [runId, other.id]) await waits.begin(id, 'session', submitted('ticket-1', 3));
    await waits.forget(bob);
    expect(await stage()).toBeNull();
    clock.advanceMs(3_000);
    expect(await waits.claimDue()).toMatchObject([{ runId: other.id }]);
  });

  it('leave no ticket, and nothing of the session, to be read in the table', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    const rows = JSON.stringify(await database.kysely.selectFrom('access_run').selectAll().execute());
    expect(rows).not.toMatch(/ticket-1|session-1/);
  });

  it('sealed with a key that is gone start anew', async () => {
    await waits.begin(runId, 'session-1', submitted('ticket-1', 3));
    clock.advanceMs(3_000);
    const after = new AccessWaits(database, clock, options('another key, as long as it has to be'));
    expect(await after.claimDue()).toMatchObject([{ runId, process: undefined }]);
  });
});
