import { describeOnEachDatabase } from '../../../../test/support/databases.js';
import { FixedClock } from '../../../common/clock.fake.js';
import { Sealer } from '../../../common/sealing.js';
import { Secret } from '../../../common/secret.js';
import { oidcMigrations, type OidcTables } from '../../../database/authorization-server/oidc.js';
import type { Database } from '../../../database/database.js';
import { SignInAttempts } from '../accounts/sign-in-attempts.js';
import { PayloadAdapter } from './payload-adapter.js';
import { PayloadPurge } from './payload-purge.js';

describeOnEachDatabase('the payload adapter', (open) => {
  let database: Database<OidcTables>;
  let clock: FixedClock;

  beforeEach(async () => {
    database = await open<OidcTables>(oidcMigrations);
    clock = new FixedClock();
  });

  const adapterOf = (kind: string) =>
    new PayloadAdapter(kind, { database, clock, sealer: new Sealer(new Secret('key'), 'oidc-payloads') });
  const rows = () => database.kysely.selectFrom('oidc_payload').selectAll().execute();

  it('gives back what it stored, by handle, session identifier and user code', async () => {
    const sessions = adapterOf('Session');
    const payload = { jti: 'handle', uid: 'lasting', userCode: 'ABCD', accountId: 'alice', exp: 9_999_999_999 };
    await sessions.upsert('handle', payload, 60);
    expect(await sessions.find('handle')).toEqual(payload);
    expect(await sessions.findByUid('lasting')).toEqual(payload);
    expect(await sessions.findByUserCode('ABCD')).toEqual(payload);
    expect(await sessions.find('other')).toBeUndefined();
    expect(await adapterOf('Grant').find('handle')).toBeUndefined();
  });

  it('stores no handle in clear, wherever in the payload it stands', async () => {
    const payload = { jti: 'the-handle', returnTo: 'https://as.test/authorize/the-handle', client_secret: 'hush' };
    await adapterOf('Interaction').upsert('the-handle', payload, 60);
    expect(JSON.stringify(await rows())).not.toMatch(/the-handle|hush|as\.test/);
  });

  it('replaces what it has, and keeps the mark of use', async () => {
    const codes = adapterOf('AuthorizationCode');
    await codes.upsert('handle', { jti: 'handle', scope: 'openid' }, 60);
    await codes.consume('handle');
    await codes.upsert('handle', { jti: 'handle', scope: 'email' }, 60);
    expect(await codes.find('handle')).toEqual({ jti: 'handle', scope: 'email', consumed: clock.nowSeconds() });
  });

  it('lets one of many simultaneous uses win', async () => {
    const codes = adapterOf('AuthorizationCode');
    await codes.upsert('handle', { jti: 'handle' }, 60);
    const uses = await Promise.allSettled(Array.from({ length: 20 }, () => codes.consume('handle')));
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(codes.consume('unknown')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('deletes one thing, or all of its kind that rest on a grant', async () => {
    const tokens = adapterOf('AccessToken');
    for (const id of ['a', 'b']) await tokens.upsert(id, { jti: id, grantId: 'grant' }, 60);
    await tokens.upsert('c', { jti: 'c', grantId: 'other' }, 60);
    await adapterOf('Interaction').upsert('d', { jti: 'd', grantId: 'grant' }, 60);
    await tokens.revokeByGrantId('grant');
    await adapterOf('Interaction').revokeByGrantId('grant');
    expect((await rows()).map(({ kind }) => kind).sort()).toEqual(['AccessToken', 'Interaction']);
    await tokens.destroy('c');
    expect(await tokens.find('c')).toBeUndefined();
    expect(await adapterOf('Interaction').find('d')).toBeDefined();
  });

  it('is emptied of what has expired, and of nothing else', async () => {
    const tokens = adapterOf('AccessToken');
    await tokens.upsert('dated', { jti: 'dated', exp: clock.nowSeconds() + 60 }, 60);
    await tokens.upsert('undated', { jti: 'undated' }, 120);
    await adapterOf('Client').upsert('client', { client_id: 'client' });
    const purge = new PayloadPurge(database, clock, new SignInAttempts(database, clock));
    clock.advanceMs(59_999);
    expect(await purge.purge()).toBe(0);
    clock.advanceMs(1);
    expect(await purge.purge()).toBe(1);
    expect(await tokens.find('undated')).toBeDefined();
    clock.advanceMs(60_000);
    expect(await purge.purge()).toBe(1);
    expect(await adapterOf('Client').find('client')).toBeDefined();
  });
});
