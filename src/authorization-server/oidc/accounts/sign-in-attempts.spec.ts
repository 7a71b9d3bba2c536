import { describeOnEachDatabase } from '../../../../test/support/databases.js';
import { FixedClock } from '../../../common/clock.fake.js';
import { oidcMigrations, type OidcTables } from '../../../database/authorization-server/oidc.js';
import type { Database } from '../../../database/database.js';
import { MAX_TRIES, PAUSE_MS, SignInAttempts } from './sign-in-attempts.js';

describeOnEachDatabase('sign-in attempts', (open) => {
  let database: Database<OidcTables>;
  let clock: FixedClock;
  let attempts: SignInAttempts;

  beforeEach(async () => {
    database = await open<OidcTables>(oidcMigrations);
    clock = new FixedClock();
    attempts = new SignInAttempts(database, clock);
  });

  const tryTimes = async (count: number) => {
    for (let done = 0; done < count; done++) await attempts.begin('alice', '192.0.2.1');
  };

  it('are allowed five times, then not until the pause is over', async () => {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      expect(await attempts.begin('alice', '192.0.2.1')).toEqual({ allowed: true, tries });
    }
    clock.advanceMs(1000);
    expect(await attempts.begin('alice', '192.0.2.1')).toEqual({ allowed: false, pauseMs: PAUSE_MS - 1000 });
    expect(await attempts.begin('alice', '192.0.2.1')).toEqual({ allowed: false, pauseMs: PAUSE_MS - 1000 });
    clock.advanceMs(PAUSE_MS - 1000);
    expect(await attempts.begin('alice', '192.0.2.1')).toEqual({ allowed: true, tries: 1 });
  });

  it('are counted for a name and an address together', async () => {
    await tryTimes(MAX_TRIES);
    expect(await attempts.begin(' ALICE', '192.0.2.1')).toMatchObject({ allowed: false });
    expect(await attempts.begin('alice', '192.0.2.2')).toMatchObject({ allowed: true, tries: 1 });
    expect(await attempts.begin('bob', '192.0.2.1')).toMatchObject({ allowed: true, tries: 1 });
  });

  it('do not slip through when many are made at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => attempts.begin('alice', '192.0.2.1')));
    expect(all.filter(({ allowed }) => allowed)).toHaveLength(MAX_TRIES);
  });

  it('are forgotten after success', async () => {
    await tryTimes(3);
    await attempts.succeed('Alice', '192.0.2.1');
    expect(await attempts.begin('alice', '192.0.2.1')).toEqual({ allowed: true, tries: 1 });
  });

  it('are deleted when they no longer count, and name nobody', async () => {
    await tryTimes(1);
    const rows = () => database.kysely.selectFrom('sign_in_attempt').selectAll().execute();
    expect(JSON.stringify(await rows())).not.toMatch(/alice|192\.0\.2\.1/);
    await attempts.purge();
    expect(await rows()).toHaveLength(1);
    clock.advanceMs(PAUSE_MS);
    await attempts.purge();
    expect(await rows()).toEqual([]);
  });
});
