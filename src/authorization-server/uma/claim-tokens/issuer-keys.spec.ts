import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CompactSign, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { FixedClock } from '../../../common/clock.fake.js';
import type { SigningKeys } from '../../oidc/keys/signing-keys.js';
import { TokenSigner } from '../../oidc/keys/token-signer.js';
import type { UmaOptions } from '../uma-options.js';
import { IssuerKeys } from './issuer-keys.js';

const AS = 'http://as.test';
const HOUR_MS = 3_600_000;

describe('IssuerKeys', () => {
  const clock = new FixedClock();
  const asked: string[] = [];
  let server: Server;
  let issuer: string;
  let metadata: string;
  let status: number;
  let jwks: string;
  let keys: IssuerKeys;
  let own: JWK;
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;

  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    own = { ...(await exportJWK(pair.privateKey)), kid: 'own', alg: 'ES256' };
    server = createServer(({ url = '' }, response) => {
      asked.push(url);
      if (url === '/elsewhere') response.writeHead(302, { location: '/.well-known/openid-configuration' });
      else response.writeHead(url === '/jwks' ? 200 : status, status === 302 ? { location: '/jwks' } : {});
      response.end(url === '/jwks' ? jwks : metadata);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(async () => {
    asked.splice(0);
    status = 200;
    metadata = JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` });
    jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'own', alg: 'ES256' }] });
    keys = keysOf(AS);
  });

  const keysOf = (as: string): IssuerKeys =>
    new IssuerKeys(new TokenSigner({ privateJwks: () => ({ keys: [own] }) } as unknown as SigningKeys), clock, {
      issuer: as,
    } as unknown as UmaOptions);

  const signed = (claims: object, header: object = {}): Promise<string> =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'own', ...header }).sign(pair.privateKey);
  const verify = async (of: string): Promise<unknown> =>
    (await keys.verified(await signed({ sub: 'dora' }), of)).payload.sub;
  const metadataReads = (): number => asked.filter((url) => url !== '/jwks').length;

  it('has the keys of this server at hand', async () => {
    expect(await verify(AS)).toBe('dora');
    expect(asked).toEqual([]);
  });

  it.each<[string, () => Promise<string>]>([
    ['signed by another key', async () => (await signed({ sub: 'dora' })).replace(/[^.]+$/, 'AAAA')],
    [
      'whose claims were changed',
      async () => (await signed({ sub: 'dora' })).replace(/\.[^.]+\./, `.${base64url({ sub: 'eve' })}.`),
    ],
    ['of another key identifier', () => signed({ sub: 'dora' }, { kid: 'other' })],
    [
      'of another algorithm',
      async () => (await signed({ sub: 'dora' })).replace(/^[^.]+/, base64url({ alg: 'none', kid: 'own' })),
    ],
    [
      'with a critical header',
      async () =>
        (await signed({ sub: 'dora' })).replace(/^[^.]+/, base64url({ alg: 'ES256', kid: 'own', crit: ['x'], x: 1 })),
    ],
    ['of a type that is no text', () => signed({ sub: 'dora' }, { typ: 7 })],
    ['that is no token', () => Promise.resolve('a.b')],
  ])('knows nothing of its own in a token %s', async (_what, token) => {
    await expect(token().then((given) => keys.verified(given, AS))).rejects.toThrow();
  });

  it('says of which type a token of its own is', async () => {
    expect(await keys.verified(await signed({ sub: 'dora' }, { typ: 'at+jwt' }), AS)).toMatchObject({ typ: 'at+jwt' });
    expect((await keys.verified(await signed({ sub: 'dora' }), AS)).typ).toBeUndefined();
  });

  it('takes no signature by an algorithm that is not among ours, although its issuer publishes a key for it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES512');
    jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] });
    const token = await new SignJWT({ sub: 'dora' }).setProtectedHeader({ alg: 'ES512', kid: 'own' }).sign(privateKey);
    await expect(keys.verified(token, issuer)).rejects.toThrow('alg');
  });

  it('takes nothing for claims of another issuer that is no object', async () => {
    const token = await new CompactSign(Buffer.from('"text"'))
      .setProtectedHeader({ alg: 'ES256' })
      .sign(pair.privateKey);
    await expect(keys.verified(token, issuer)).rejects.toThrow('holds no claims');
  });

  it('remembers a thousand issuers at most', async () => {
    const nth = async (number: number): Promise<void> => {
      metadata = JSON.stringify({ issuer: `${issuer}/${number}`, jwks_uri: `${issuer}/jwks` });
      await verify(`${issuer}/${number}`);
    };
    for (let number = 1; number <= 1_000; number++) await nth(number);
    await nth(1);
    expect(metadataReads()).toBe(1_000);
    await nth(1_001);
    await nth(1);
    expect(metadataReads()).toBe(1_002);
  });

  it('finds those of another issuer by its metadata, which it asks for once an hour', async () => {
    expect(await verify(issuer)).toBe('dora');
    expect(await verify(issuer)).toBe('dora');
    expect(asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
    clock.advanceMs(HOUR_MS - 1);
    await verify(issuer);
    expect(metadataReads()).toBe(1);
    clock.advanceMs(1);
    await verify(issuer);
    expect(metadataReads()).toBe(2);
  });

  it('asks in the same place for an issuer with a slash at its end', async () => {
    metadata = JSON.stringify({ issuer: `${issuer}/`, jwks_uri: `${issuer}/jwks` });
    expect(await verify(`${issuer}/`)).toBe('dora');
    expect(asked[0]).toBe('/.well-known/openid-configuration');
  });

  it.each<[string, () => void, string]>([
    [
      'of another issuer',
      () => (metadata = JSON.stringify({ issuer: AS, jwks_uri: `${issuer}/jwks` })),
      'another issuer',
    ],
    ['that are no object', () => (metadata = '"text"'), 'another issuer'],
    ['without keys', () => (metadata = JSON.stringify({ issuer })), 'names no keys'],
    ['with keys that are no address', () => (metadata = JSON.stringify({ issuer, jwks_uri: 7 })), 'names no keys'],
    [
      'with keys on an open line',
      () => (metadata = JSON.stringify({ issuer, jwks_uri: 'http://idp.test/jwks' })),
      'names no keys',
    ],
    ['that come with an error', () => (status = 404), 'publishes no metadata'],
    ['that lead elsewhere', () => (status = 302), 'fetch failed'],
    ['that are too long', () => (metadata = `${metadata}${' '.repeat(100_000)}`), 'longer than 100000 bytes'],
    ['that are no JSON', () => (metadata = '{'), 'JSON'],
  ])('takes no metadata %s', async (_what, spoil, message) => {
    spoil();
    await expect(verify(issuer)).rejects.toThrow(message);
  });

  it('reads no keys beyond what keys can be', async () => {
    jwks = `${jwks}${' '.repeat(100_000)}`;
    await expect(verify(issuer)).rejects.toThrow('longer than 100000 bytes');
  });

  it('asks nobody over plain http when this server is reached over TLS: that would be a machine of its own network', async () => {
    keys = keysOf('https://as.test');
    await expect(verify(issuer)).rejects.toThrow('not over plain http');
    expect(asked).toEqual([]);
  });
});

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
