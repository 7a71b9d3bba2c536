import { generateKeyPair, jwtVerify, SignJWT } from 'jose';

import { FixedClock } from '../../../common/clock.fake.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { UmaOptions } from '../uma-options.js';
import type { ProvenClaims } from './claim-token.js';
import { ClaimsJwtFormat } from './claims-jwt.format.js';
import type { IssuerKeys } from './issuer-keys.js';

const AS = 'https://as.test';
/** Accepted from every client. */
const REGISTRY = 'https://registry.test';
/** Accepted from this client alone. */
const OWN = 'https://own.test';
const FOREIGN = 'https://foreign.test';
const client = { clientId: 'c1', claimTokenIssuers: [OWN] } as unknown as RegisteredClient;

describe('ClaimsJwtFormat', () => {
  const clock = new FixedClock();
  let format: ClaimsJwtFormat;
  let sign: (claims: Record<string, unknown>, typ?: string) => Promise<string>;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const keys = {
      async verified(token: string) {
        const { payload, protectedHeader } = await jwtVerify(token, publicKey, { currentDate: new Date(0) });
        return { payload, typ: protectedHeader.typ };
      },
    };
    const options = { issuer: AS, claimIssuers: [REGISTRY], claimLifetimeSeconds: 100 } as unknown as UmaOptions;
    format = new ClaimsJwtFormat(keys as unknown as IssuerKeys, clock, options);
    sign = (claims, typ) => {
      const now = clock.nowSeconds();
      const usual = { iss: OWN, sub: 'dora', aud: AS, client_id: 'c1', jti: '1', iat: now, exp: now + 60 };
      const header = { alg: 'ES256', ...(typ === undefined ? {} : { typ }) };
      return new SignJWT({ ...usual, ...claims }).setProtectedHeader(header).sign(privateKey);
    };
  });

  const verify = async (claims: Record<string, unknown>, typ?: string): Promise<ProvenClaims | undefined> =>
    format.verify(await sign(claims, typ), client);
  const subId = (iss: unknown, sub: unknown, kind = 'iss_sub') => ({ sub_id: { format: kind, iss, sub } });

  it('proves who somebody is and what is said of them, for as long as claims count, and once', async () => {
    const untilMs = clock.nowMs() + 100_000;
    expect(await verify({ role: 'nurse' })).toEqual({
      evidence: {
        person: { issuer: OWN, subject: 'dora' },
        identifiedMs: clock.nowMs(),
        untilMs,
        claims: [{ name: 'role', value: 'nurse', issuer: OWN, untilMs }],
      },
      oneUse: { name: JSON.stringify([OWN, '1']), untilMs: (clock.nowSeconds() + 60 + 60) * 1000 },
    });
  });

  it('may be of issuers that are accepted from all, and of the client’s own, each once', () => {
    expect(format.issuersFor(client)).toEqual([REGISTRY, OWN]);
  });

  it.each([
    ['an issuer about its own people', OWN, subId(OWN, 'erik'), { issuer: OWN, subject: 'erik' }],
    ['a configured issuer about people of this server', REGISTRY, subId(AS, 'bob'), { issuer: AS, subject: 'bob' }],
    [
      'a configured issuer about people of the client’s issuer',
      REGISTRY,
      subId(OWN, 'x'),
      { issuer: OWN, subject: 'x' },
    ],
  ])('believes %s (RFC 9493)', async (_what, iss, claims, person) => {
    expect((await verify({ iss, ...claims }))?.evidence.person).toEqual(person);
  });

  it.each<[string, Record<string, unknown>]>([
    ['the client’s issuer about people of this server', { iss: OWN, ...subId(AS, 'bob') }],
    ['the client’s issuer about people of another one', { iss: OWN, ...subId(REGISTRY, 'bob') }],
    ['a configured issuer about people whom nobody knows', { iss: REGISTRY, ...subId(FOREIGN, 'bob') }],
    ['an issuer that is not accepted', { iss: FOREIGN }],
    ['this server', { iss: AS }],
    ['a subject that is empty', { sub: '' }],
    ['a named subject that is empty', subId(OWN, '')],
    ['a named subject that is no text', subId(OWN, 7)],
    ['a named issuer that is no text', subId(7, 'dora')],
    ['a named person in another format', subId(OWN, 'dora', 'opaque')],
    ['a named person that is no object', { sub_id: 'dora' }],
    ['a token for another audience', { aud: 'https://other.test' }],
    ['a token for another client', { client_id: 'c2' }],
    ['a token without an id', { jti: undefined }],
  ])('does not believe %s', async (_what, claims) => {
    expect(await verify(claims)).toBeUndefined();
  });

  it('is at most five minutes old, with a minute of grace', async () => {
    const iat = clock.nowSeconds();
    expect(await verify({ iat: iat - 360 })).toBeDefined();
    expect(await verify({ iat: iat - 361 })).toBeUndefined();
    expect(await verify({ iat: iat - 100, exp: iat - 59 })).toBeDefined();
    expect(await verify({ iat: iat - 100, exp: iat - 60 })).toBeUndefined();
  });

  it('is no token of another purpose, and no nonsense', async () => {
    expect(await verify({}, 'JWT')).toBeDefined();
    expect(await verify({}, 'at+jwt')).toBeUndefined();
    expect(await format.verify('nonsense', client)).toBeUndefined();
  });
});
