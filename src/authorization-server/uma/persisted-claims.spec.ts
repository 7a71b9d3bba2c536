import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Sealer } from '../../common/sealing.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { type KeptClaims, PersistedClaims } from './persisted-claims.js';
import type { Progress } from './progress.js';
import { OPTIONS } from './uma-options.fake.js';

const PERSON = { issuer: 'https://as.test', subject: 'bob' };
const PROGRESS = {
  evidence: { person: PERSON, identifiedMs: 0, untilMs: Infinity, claims: [] },
  mayKeepClaims: true,
  shareIds: [],
};
const PLACE = { clientId: 'c1', processId: 'process-1' };

describeOnEachDatabase('PersistedClaims', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let claims: PersistedClaims;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    claims = new PersistedClaims(database, clock, OPTIONS, new Sealer(OPTIONS.secretKey, 'test'));
  });

  const keep = (former?: KeptClaims, progress: Progress = PROGRESS, clientId = 'c1'): Promise<string | undefined> =>
    database.transaction((within) => claims.keep(within, { ...PLACE, clientId }, progress, former));
  const find = (handle = '', clientId = 'c1'): Promise<KeptClaims | undefined> =>
    database.transaction((within) => claims.find(within, handle, clientId));
  const found = async (handle?: string, clientId?: string): Promise<Progress | undefined> =>
    (await find(handle, clientId))?.progress;
  const forget = (handle = '', clientId = 'c1'): Promise<boolean> =>
    database.transaction((within) => claims.forget(within, handle, clientId));

  /** Bob with claims, which are written as JSON: an instant that never comes would not be. */
  const about = (...names: string[]): Progress => ({
    ...PROGRESS,
    evidence: {
      ...PROGRESS.evidence,
      untilMs: 1,
      claims: names.map((name) => ({ name, value: 'x', issuer: PERSON.issuer, untilMs: 1 })),
    },
  });

  it('gives what was kept to its client alone, for a day', async () => {
    const handle = await keep(undefined, about('email'));
    expect(await found(handle)).toEqual(about('email'));
    expect(await found(handle, 'c2')).toBeUndefined();
    expect(await found('unknown')).toBeUndefined();
    clock.advanceMs(86_399_000);
    expect(await found(handle)).toEqual(about('email'));
    clock.advanceMs(1_000);
    expect(await found(handle)).toBeUndefined();
  });

  it('keeps nothing of what somebody wanted something for', async () => {
    const handle = await keep(undefined, about('email', 'purpose_of_use', 'role'));
    expect(await found(handle)).toEqual(about('email', 'role'));
  });

  it.each([
    ['the person was not asked', { ...PROGRESS, mayKeepClaims: undefined }],
    ['the person did not allow it', { ...PROGRESS, mayKeepClaims: false }],
    ['nobody is known', { ...PROGRESS, evidence: undefined }],
  ])('keeps nothing when %s', async (_why, progress) => {
    expect(await keep(undefined, progress)).toBeUndefined();
    expect(await claims.clientsOf(PERSON)).toEqual([]);
  });

  it('ties what is kept to each of the shares that it was given for', async () => {
    await keep(undefined, { ...PROGRESS, shareIds: ['s1', 's2'] });
    const rows = await database.kysely.selectFrom('uma_pct_share').select('share_id').orderBy('share_id').execute();
    expect(rows).toEqual([{ share_id: 's1' }, { share_id: 's2' }]);
  });

  it('says once that it has forgotten something, and forgets nothing for another client', async () => {
    const handle = await keep();
    expect(await forget(handle, 'c2')).toBe(false);
    expect(await forget(handle)).toBe(true);
    expect(await forget(handle)).toBe(false);
    await keep();
    expect(await claims.forgetPerson(PERSON, 'c2')).toBe(false);
    expect(await claims.forgetPerson(PERSON, 'c1')).toBe(true);
    expect(await claims.forgetPerson(PERSON, 'c1')).toBe(false);
  });

  it('names each client for which something of this very person is kept, until it expires', async () => {
    for (const client of ['c1', 'c1', 'c2']) await keep(undefined, PROGRESS, client);
    expect([...(await claims.clientsOf(PERSON))].sort()).toEqual(['c1', 'c2']);
    expect(await claims.clientsOf({ ...PERSON, issuer: 'https://idp.test' })).toEqual([]);
    expect(await claims.clientsOf({ ...PERSON, subject: 'carol' })).toEqual([]);
    clock.advanceMs(86_400_000);
    expect(await claims.clientsOf(PERSON)).toEqual([]);
  });

  it('keeps claims in place of those that they rest on, tied to the shares of both', async () => {
    const former = await keep(undefined, { ...about('email'), shareIds: ['s1', 's2'] });
    const handle = await keep(await find(former), { ...about('role'), shareIds: ['s2', 's1', 's3'] });
    expect(handle).not.toBe(former);
    expect(await found(former)).toBeUndefined();
    expect((await found(handle))?.evidence).toEqual(about('role').evidence);
    expect(await database.kysely.selectFrom('uma_pct').select('handle_digest').execute()).toHaveLength(1);
    const rows = await database.kysely.selectFrom('uma_pct_share').select('share_id').orderBy('share_id').execute();
    expect(rows.map(({ share_id }) => share_id)).toEqual(['s1', 's2', 's3']);
  });

  it('lasts for another day with each claim that is kept in place of another', async () => {
    const former = await keep(undefined, about('email'));
    clock.advanceMs(86_000_000);
    const handle = await keep(await find(former), about('email'));
    clock.advanceMs(86_000_000);
    expect(await found(handle)).toEqual(about('email'));
    expect(await claims.clientsOf(PERSON)).toEqual(['c1']);
  });

  it('keeps nothing that rests on claims which were forgotten, or replaced, meanwhile', async () => {
    const replaced = await find(await keep(undefined, about('email')));
    expect(await keep(replaced)).toBeDefined();
    expect(await keep(replaced)).toBeUndefined();
    const former = await find(await keep(undefined, about('email')));
    await claims.forgetPerson(PERSON, 'c1');
    expect(await keep(former)).toBeUndefined();
    expect(await claims.clientsOf(PERSON)).toEqual([]);
  });

  it('keeps nothing of one person, or for one client, in place of what is kept of another', async () => {
    const former = await find(await keep(undefined, about('email')));
    const carol = { ...PROGRESS.evidence, person: { ...PERSON, subject: 'carol' } };
    expect(await keep(former, { ...PROGRESS, evidence: carol })).toBeUndefined();
    expect(await keep(former, about('email'), 'c2')).toBeUndefined();
    expect(await keep(former, about('email'))).toBeDefined();
  });
});
