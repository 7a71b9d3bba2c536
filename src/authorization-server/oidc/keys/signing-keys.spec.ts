import { describeOnEachDatabase } from '../../../../test/support/databases.js';
import { FixedClock } from '../../../common/clock.fake.js';
import { Sealer } from '../../../common/sealing.js';
import { Secret } from '../../../common/secret.js';
import { oidcMigrations, type OidcTables } from '../../../database/authorization-server/oidc.js';
import type { Database } from '../../../database/database.js';
import { SharedSecrets } from './shared-secrets.js';
import { SigningKeys } from './signing-keys.js';

describeOnEachDatabase('signing keys', (open) => {
  let database: Database<OidcTables>;

  beforeEach(async () => {
    database = await open<OidcTables>(oidcMigrations);
  });

  const load = (secretKey = 'key') =>
    SigningKeys.load(new SharedSecrets(database, new Sealer(new Secret(secretKey), 'oidc-keys'), new FixedClock()));

  it('are made once by many servers that start together, and the same after a restart', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => load()));
    const later = await load();
    for (const keys of all) {
      expect(keys.publicJwks()).toEqual(later.publicJwks());
      expect(keys.cookieKey).toBe(later.cookieKey);
    }
  });

  it('are published without their private half', async () => {
    const keys = await load();
    const [published] = keys.publicJwks().keys;
    expect(Object.keys(published ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(keys.privateJwks().keys[0]).toMatchObject({ ...published, d: expect.any(String) as string });
  });

  it('are refused, with a hint, when they were stored under another secret key', async () => {
    await load();
    await expect(load('other')).rejects.toThrow(
      'The signing keys in the database were stored under another SECRET_KEY.',
    );
  });

  it('pass on an error of the database as it is', async () => {
    await database.close();
    await expect(load()).rejects.not.toThrow('SECRET_KEY');
  });
});
