import { describeOnEachDatabase } from '../../../../test/support/databases.js';
import { FixedClock } from '../../../common/clock.fake.js';
import { Secret } from '../../../common/secret.js';
import { oidcMigrations, type OidcTables } from '../../../database/authorization-server/oidc.js';
import type { Database } from '../../../database/database.js';
import type { OidcOptions } from '../oidc.options.js';
import { Accounts } from './accounts.js';

const ALICE = { username: 'Alice', password: new Secret('demo'), name: 'Alice', email: 'alice@example.org' };

function accountsOf(database: Database<OidcTables>, ...accounts: OidcOptions['accounts']): Accounts {
  const options: OidcOptions = {
    issuer: 'https://as.test',
    secretKey: new Secret('key'),
    clients: [],
    demoRoutes: false,
    passwordRounds: 4,
    accounts,
  };
  return new Accounts(database, new FixedClock(), options);
}

describeOnEachDatabase('accounts', (open) => {
  let database: Database<OidcTables>;

  beforeEach(async () => {
    database = await open<OidcTables>(oidcMigrations);
  });

  it('are made at the start, and found by name in any case and by identifier', async () => {
    const accounts = accountsOf(database, ALICE);
    await accounts.onModuleInit();
    const alice = await accounts.findByUsername(' ALICE ');
    expect(alice).toEqual({
      id: expect.any(String) as string,
      username: 'alice',
      name: 'Alice',
      email: 'alice@example.org',
      emailVerified: true,
      suspended: false,
    });
    expect(await accounts.find(alice?.id ?? '')).toEqual(alice);
    expect(await accounts.find('nobody')).toBeUndefined();
  });

  it('keep a password with as many rounds as they are told', async () => {
    await accountsOf(database, ALICE).onModuleInit();
    const { password } = await database.kysely.selectFrom('account').select('password').executeTakeFirstOrThrow();
    expect(password).toMatch(/^\$scrypt\$ln=4,/);
  });

  it('keep the identifier that they bring', async () => {
    const accounts = accountsOf(database, { ...ALICE, sub: 'alice-of-old' });
    await accounts.onModuleInit();
    expect(await accounts.find('alice-of-old')).toMatchObject({ username: 'alice' });
  });

  it('are left as they are at the next start', async () => {
    await accountsOf(database, ALICE).onModuleInit();
    const accounts = accountsOf(database, { ...ALICE, password: new Secret('other'), name: 'Mallory' });
    await accounts.onModuleInit();
    expect(await accounts.authenticate('alice', 'demo')).toMatchObject({ name: 'Alice' });
    expect(await accounts.authenticate('alice', 'other')).toBeUndefined();
  });

  it('are made once by two servers that start together', async () => {
    await Promise.all([accountsOf(database, ALICE).onModuleInit(), accountsOf(database, ALICE).onModuleInit()]);
    expect(await database.kysely.selectFrom('account').select('username').execute()).toEqual([{ username: 'alice' }]);
  });

  it('take as much work for a person who does not exist as for a wrong password', async () => {
    const accounts = accountsOf(database, ALICE);
    await accounts.onModuleInit();
    expect(await accounts.authenticate('nobody', 'demo')).toBeUndefined();
    const scrypt = jest.spyOn(jest.requireActual<typeof import('node:crypto')>('node:crypto'), 'scrypt');
    const costOf = async (username: string) => {
      scrypt.mockClear();
      await accounts.authenticate(username, 'wrong');
      return scrypt.mock.calls.map(([, , length, options]) => ({ length, options }));
    };
    expect(await costOf('nobody')).toEqual(await costOf('alice'));
    expect(scrypt).toHaveBeenCalledTimes(1);
  });
});
