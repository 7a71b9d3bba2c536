import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';

import { FixedClock } from './clock.fake.js';
import { RemoteKeys } from './remote-keys.js';

describe('RemoteKeys', () => {
  const pairs = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>>();
  let clock: FixedClock;
  let published: JWK[];
  let fetches: number;
  let keys: RemoteKeys;

  beforeAll(async () => {
    for (const kid of ['one', 'two']) pairs.set(kid, await generateKeyPair('ES256'));
  });
  beforeEach(async () => {
    clock = new FixedClock();
    fetches = 0;
    await publish('one');
    keys = new RemoteKeys(clock, () => {
      fetches += 1;
      return Promise.resolve({ keys: published });
    });
  });

  const pairOf = (kid: string) => pairs.get(kid) ?? Promise.reject(new Error('No such key.'));
  const publish = async (...kids: readonly string[]): Promise<void> => {
    published = await Promise.all(
      kids.map(async (kid) => ({ ...(await exportJWK((await pairOf(kid)).publicKey)), kid, alg: 'ES256' })),
    );
  };
  const verify = async (kid: string): Promise<unknown> => {
    const { privateKey } = await pairOf(kid);
    const token = await new SignJWT({ sub: 'dora' }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
    return (await jwtVerify(token, keys.find)).payload.sub;
  };

  it('are fetched once, however many tokens come at once', async () => {
    expect(await Promise.all([verify('one'), verify('one')])).toEqual(['dora', 'dora']);
    expect(await verify('one')).toBe('dora');
    expect(fetches).toBe(1);
  });

  it('are fetched again for a key that is unknown, but not all the time', async () => {
    await verify('one');
    await publish('one', 'two');
    await expect(verify('two')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    clock.advanceMs(10_000);
    expect(await verify('two')).toBe('dora');
    expect(fetches).toBe(2);
  });

  it('are forgotten after ten minutes, or when the clock was set back: a key that was taken back is good no more', async () => {
    await verify('one');
    await publish('two');
    clock.advanceMs(10 * 60 * 1000);
    await expect(verify('one')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    await publish('one');
    clock.advanceMs(-1);
    expect(await verify('one')).toBe('dora');
  });

  it('that are no key set are not remembered', async () => {
    published = 'none' as never;
    await expect(verify('one')).rejects.toMatchObject({ code: 'ERR_JWKS_INVALID' });
    await publish('one');
    expect(await verify('one')).toBe('dora');
  });
});
