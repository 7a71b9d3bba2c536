import { CompactSign, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';

import { freePort } from '../../../test/support/free-port.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import { FakeAuthorizationServer } from '../../testing/index.js';
import { PRESETS } from '../protocol/presets.js';
import { AuthorizationServerConnections } from './authorization-server-connections.js';
import { AuthorizationServers, type KnownAuthorizationServer } from './authorization-servers.js';
import { AuthorizationServerUnreachable } from './authorization-server-unreachable.js';
import { SignedTokens } from './signed-tokens.js';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

const US = 'https://rs.example';
const INACTIVE = { active: false };

describe('SignedTokens', () => {
  let as: FakeAuthorizationServer;
  let clock: FixedClock;
  let tokens: SignedTokens;
  const pairs = new Map<string, KeyPair>();

  beforeAll(async () => {
    for (const kid of ['one', 'two']) pairs.set(kid, await generateKeyPair('ES256', { extractable: true }));
  });

  beforeEach(async () => {
    as = await FakeAuthorizationServer.start({ port: await freePort() });
    clock = new FixedClock();
    as.publish('/.well-known/uma2-configuration', { jwks_uri: `${as.issuer}/keys` });
    await publishKeys('one');
    tokens = reading({});
  });
  afterEach(() => as.stop());

  const reading = (server: Partial<KnownAuthorizationServer>) => {
    const servers = new AuthorizationServers(US, [{ issuer: as.issuer, ...server }]);
    return new SignedTokens(new AuthorizationServerConnections(servers, clock, 1000), clock);
  };
  const owner = () => ({ issuer: as.issuer, subject: 'alice' });
  const read = (token: string, by = tokens) => by.read(owner(), token);
  const pairOf = (kid: string): KeyPair => {
    const pair = pairs.get(kid);
    if (pair === undefined) throw new Error(`There is no key ${kid}.`);
    return pair;
  };
  const publishKeys = async (...kids: readonly string[]): Promise<void> => {
    const keys = kids.map(async (kid) => ({ ...(await exportJWK(pairOf(kid).publicKey)), kid, alg: 'ES256' }));
    as.place('/keys', { keys: await Promise.all(keys) });
  };
  const claims = (): Record<string, unknown> => ({
    iss: as.issuer,
    aud: US,
    exp: clock.nowSeconds() + 60,
    jti: 'token-1',
    client_id: 'c1',
    permissions: [{ resource_id: 'R1', resource_scopes: ['heart-rate:read'] }],
  });
  const signed = (payload = claims(), header: { typ?: string; kid?: string } = {}, by = header.kid ?? 'one') =>
    new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header })
      .sign(pairOf(by).privateKey);

  it('tells what a token says that its authorization server has signed (FED-5-a, RFC 9068 section 4)', async () => {
    expect(await read(await signed())).toEqual({
      active: true,
      askedAtMs: clock.nowMs(),
      permissions: [{ resourceId: 'R1', resourceScopes: ['heart-rate:read'] }],
      binding: 'none',
      iss: as.issuer,
      aud: [US],
      exp: clock.nowSeconds() + 60,
      clientId: 'c1',
      tokenId: 'token-1',
    });
  });

  it('leaves the audience, the times and the key that binds it for whoever decides', async () => {
    const past = { ...claims(), exp: 1, nbf: 2, aud: 'https://other.example', cnf: { jkt: 'x' } };
    expect(await read(await signed(past))).toMatchObject({
      exp: 1,
      nbf: 2,
      aud: ['https://other.example'],
      binding: { jkt: 'x' },
    });
  });

  it.each([
    ['an opaque one', 'opaque'],
    ['one with dots', 'a.b.c'],
    ['an encrypted one', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.a.b.c.d'],
    ['an empty one', ''],
  ])('says nothing about %s: it is no signed JWT', async (_what, token) => {
    expect(await read(token)).toBeUndefined();
    expect(as.calls).toEqual([]);
  });

  it('believes none that nobody has signed (alg: none)', async () => {
    const token = new UnsecuredJWT(claims()).encode().replace(/^[^.]+/, () => encoded({ alg: 'none', typ: 'at+jwt' }));
    expect(await read(token)).toEqual(INACTIVE);
  });

  it('believes none that is signed with the public key taken for a secret (HS256)', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(pairOf('one').publicKey)));
    const token = new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'one', typ: 'at+jwt' }).sign(secret);
    expect(await read(await token)).toEqual(INACTIVE);
  });

  it('believes none that somebody else has signed under the name of a key', async () => {
    expect(await read(await signed(claims(), { kid: 'one' }, 'two'))).toEqual(INACTIVE);
  });

  it('believes none that was changed after it was signed', async () => {
    const [header, , signature] = (await signed()).split('.');
    expect(await read([header, encoded({ ...claims(), jti: 'other' }), signature].join('.'))).toEqual(INACTIVE);
  });

  it.each([
    ['of another issuer', { iss: 'https://other.example' }],
    ['of no issuer', { iss: undefined }],
    ['that never ends', { exp: undefined }],
    ['whose end cannot be read', { exp: '2030' }],
    ['whose beginning cannot be read', { nbf: 'now' }],
    ['whose audience cannot be read', { aud: 7 }],
  ])('believes none %s', async (_what, change) => {
    expect(await read(await signed({ ...claims(), ...change }))).toEqual(INACTIVE);
  });

  it.each(['JWT', 'secevent+jwt', 'dpop+jwt', ''])(
    'believes none of the kind “%s” (RFC 8725 section 3.11)',
    async (typ) => {
      expect(await read(await signed(claims(), { typ }))).toEqual(INACTIVE);
    },
  );

  it('believes one of the kind application/at+jwt, the long name of the same', async () => {
    expect(await read(await signed(claims(), { typ: 'application/AT+JWT' }))).toMatchObject({ active: true });
  });

  it.each([
    ['name a member twice', '{"iss":"ISSUER","iss":"ISSUER","exp":9999999999}'],
    ['are no object', '["ISSUER"]'],
    ['are no JSON', 'ISSUER'],
  ])('believes none whose claims %s', async (_what, text) => {
    const payload = new TextEncoder().encode(text.replaceAll('ISSUER', as.issuer));
    const header = { alg: 'ES256', kid: 'one', typ: 'at+jwt' };
    const token = await new CompactSign(payload).setProtectedHeader(header).sign(pairOf('one').privateKey);
    expect(await read(token)).toEqual(INACTIVE);
  });

  it('finds a new key of its authorization server, and asks for keys no more often than every ten seconds', async () => {
    await read(await signed());
    await publishKeys('one', 'two');
    const token = await signed(claims(), { kid: 'two' });
    expect(await read(token)).toEqual(INACTIVE);
    clock.advanceMs(10_000);
    expect(await read(token)).toMatchObject({ active: true });
    expect(as.calls.filter(({ path }) => path === '/keys')).toHaveLength(2);
  });

  it('needs no authorization server while it has its keys', async () => {
    const token = await signed();
    await read(token);
    await as.stop();
    clock.advanceMs(9 * 60_000);
    expect(await read(await signed())).toMatchObject({ active: true });
    await as.listen();
  });

  it.each<[string, () => void]>([
    [
      'are not there',
      () => {
        as.place('/keys', undefined);
      },
    ],
    [
      'are no keys',
      () => {
        as.place('/keys', { keys: 'none' });
      },
    ],
    [
      'are at an address that is not secure',
      () => {
        as.publish('/.well-known/uma2-configuration', { jwks_uri: 'http://as.example/keys' });
      },
    ],
  ])('is out of reach when the keys %s', async (_what, prepare) => {
    prepare();
    await expect(signed().then((token) => read(token))).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
  });

  it('finds the keys by the OpenID Connect metadata where those of UMA do not tell', async () => {
    as.publish('/.well-known/uma2-configuration', { jwks_uri: undefined });
    await publishKeys('one');
    as.place('/.well-known/openid-configuration', { issuer: as.issuer, jwks_uri: `${as.issuer}/keys` });
    expect(await read(await signed())).toMatchObject({ active: true });
    as.place('/.well-known/openid-configuration', { issuer: 'https://other.example', jwks_uri: `${as.issuer}/keys` });
    await expect(read(await signed(), reading({}))).rejects.toBeInstanceOf(AuthorizationServerUnreachable);
  });

  it('reads what another product signs in its own way: kind, audience and permissions of Keycloak', async () => {
    const us = { clientId: 'rs', clientSecret: new Secret('secret') };
    const { discovery } = PRESETS.standard;
    const keycloak = reading({ profile: { ...PRESETS.keycloak, discovery }, ...us });
    const rpt = {
      ...claims(),
      aud: 'rs',
      permissions: undefined,
      authorization: { permissions: [{ rsid: 'R1', rsname: 'Heart rate', scopes: ['heart-rate:read'] }] },
    };
    expect(await read(await signed(rpt, { typ: 'JWT' }), keycloak)).toMatchObject({
      aud: ['rs', US],
      permissions: [{ resourceId: 'R1', resourceScopes: ['heart-rate:read'] }],
    });
    expect(await read(await signed({ ...rpt, aud: 'other' }, { typ: 'JWT' }), keycloak)).toMatchObject({
      aud: ['other'],
    });
  });
});

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
