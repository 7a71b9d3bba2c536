import fc from 'fast-check';

import { describeOnEachDatabase } from '../../../../test/support/databases.js';
import { FixedClock } from '../../../common/clock.fake.js';
import { Sealer } from '../../../common/sealing.js';
import { Secret } from '../../../common/secret.js';
import { oidcMigrations, type OidcTables } from '../../../database/authorization-server/oidc.js';
import type { Database } from '../../../database/database.js';
import { SignInAttempts } from '../accounts/sign-in-attempts.js';
import { PayloadPurge } from './payload-purge.js';
import { RefreshTokenAdapter } from './refresh-token-adapter.js';

const SECONDS = 60;

describeOnEachDatabase('the refresh token adapter', (open) => {
  let database: Database<OidcTables>;
  let clock: FixedClock;

  beforeEach(async () => {
    database = await open<OidcTables>(oidcMigrations);
    clock = new FixedClock();
  });

  const adapterAfter = (rotated?: string) =>
    new RefreshTokenAdapter({ database, clock, sealer: new Sealer(new Secret('key'), 'oidc-payloads') }, () => rotated);
  const issue = (id: string, predecessor?: string) =>
    adapterAfter(predecessor).upsert(id, { jti: id, grantId: 'grant' }, SECONDS);
  const use = (id: string) => adapterAfter().consume(id);
  const isGood = async (id: string) => {
    const found = await adapterAfter().find(id);
    return found !== undefined && found.consumed === undefined;
  };
  const goodOnes = async (...ids: readonly string[]) => {
    const good: string[] = [];
    for (const id of ids) if (await isGood(id)) good.push(id);
    return good;
  };
  /** A use as a request makes it: the old token is noted as used, then the new one is given. */
  const renew = async (old: string, next: string) => {
    await use(old);
    await issue(next, old);
  };
  const chains = () => database.kysely.selectFrom('refresh_token_chain').selectAll().execute();

  it('keeps a token good when the answer to its use is lost', async () => {
    await issue('first');
    await renew('first', 'lost');
    expect(await goodOnes('first', 'lost')).toEqual(['first', 'lost']);
    await renew('first', 'second');
    expect(await goodOnes('first', 'second')).toEqual(['first', 'second']);
  });

  it('keeps a token good when nothing was given for it at all', async () => {
    await issue('first');
    await use('first');
    expect(await isGood('first')).toBe(true);
    await renew('first', 'second');
    expect(await isGood('second')).toBe(true);
  });

  it('ends a token when its successor is used, and with it every other successor', async () => {
    await issue('first');
    await renew('first', 'lost');
    await renew('first', 'second');
    await renew('second', 'third');
    expect(await goodOnes('first', 'lost', 'second', 'third')).toEqual(['second', 'third']);
    for (const spent of ['first', 'lost']) {
      await expect(use(spent)).rejects.toMatchObject({ error: 'invalid_grant' });
    }
  });

  it('gives nothing for a token whose successor was used in the meantime', async () => {
    await issue('first');
    await renew('first', 'second');
    await use('first');
    await use('second');
    await expect(issue('late', 'first')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await adapterAfter().find('late')).toBeUndefined();
  });

  it('lets one of two successors win that are used at the same moment', async () => {
    await issue('first');
    const ids = Array.from({ length: 10 }, (_, index) => `successor-${index}`);
    for (const id of ids) await renew('first', id);
    const uses = await Promise.allSettled(ids.map(use));
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await goodOnes('first', ...ids)).toHaveLength(1);
  });

  it('lets all of several uses of one token at the same moment through: each may be the one whose answer arrives', async () => {
    await issue('first');
    await Promise.all(Array.from({ length: 10 }, (_, index) => renew('first', `successor-${index}`)));
    expect(await isGood('first')).toBe(true);
    expect(await isGood('successor-7')).toBe(true);
  });

  it('refuses a token that is not there', async () => {
    await expect(use('unknown')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await adapterAfter().find('unknown')).toBeUndefined();
  });

  it('keeps the chains of several sign-ins apart, and deletes them with their grant', async () => {
    await issue('first');
    await adapterAfter().upsert('other', { jti: 'other', grantId: 'another' }, SECONDS);
    await renew('first', 'second');
    await renew('second', 'third');
    expect(await isGood('other')).toBe(true);
    await adapterAfter().revokeByGrantId('grant');
    expect(await goodOnes('first', 'second', 'third', 'other')).toEqual(['other']);
    expect(await chains()).toHaveLength(1);
  });

  it('keeps a chain as long as its newest token, and stores no handle', async () => {
    const purge = new PayloadPurge(database, clock, new SignInAttempts(database, clock));
    await issue('first-handle');
    clock.advanceMs(SECONDS * 500);
    await renew('first-handle', 'second-handle');
    clock.advanceMs(SECONDS * 500);
    await purge.purge();
    expect(await isGood('second-handle')).toBe(true);
    expect(JSON.stringify(await chains())).not.toMatch(/-handle|grant"/);
    clock.advanceMs(SECONDS * 500);
    await purge.purge();
    expect(await chains()).toEqual([]);
  });

  it('never lets two branches of one sign-in live: of what is good, all came of the token used last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (choices) => {
        const root = `root-${String(clock.advanceMs(1).nowMs())}`;
        const parents = new Map<string, string | undefined>([[root, undefined]]);
        let lastUsed = root;
        await issue(root);
        for (const choice of choices) {
          const all = [...parents.keys()];
          const old = all[choice % all.length] ?? root;
          const next = `${root}-${all.length}`;
          const renewed = await renew(old, next).then(
            () => true,
            () => false,
          );
          expect(renewed).toBe(old === lastUsed || parents.get(old) === lastUsed);
          if (!renewed) continue;
          parents.set(next, old);
          lastUsed = old;
        }
        const good = await goodOnes(...parents.keys());
        expect(good.filter((id) => id !== lastUsed && parents.get(id) !== lastUsed)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
