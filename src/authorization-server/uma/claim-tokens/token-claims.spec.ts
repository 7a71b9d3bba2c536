import * as fc from 'fast-check';
import { errors, generateSecret, type JWTPayload, jwtVerify, SignJWT } from 'jose';

import { checkTokenClaims, TokenClaimsError } from './token-claims.js';

const NOW = 1_800_000_000;
const EXPECTED = { issuer: 'https://as.test', audience: 'viewer', requiredClaims: ['sub', 'exp'], maxTokenAge: 3_600 };
const GOOD = { iss: 'https://as.test', aud: 'viewer', sub: 'bob', iat: NOW, exp: NOW + 60 };

describe('the claims of a signed token', () => {
  const wrongOf = (payload: JWTPayload): string | undefined => {
    try {
      checkTokenClaims(payload, EXPECTED, NOW);
      return undefined;
    } catch (error) {
      return error instanceof TokenClaimsError ? error.claim : 'something else';
    }
  };

  it.each<[string, JWTPayload]>([
    ['as they have to be', {}],
    ['for several audiences', { aud: ['other', 'viewer'] }],
    ['that end just now, by a clock that is a minute behind', { exp: NOW - 59 }],
    ['that begin a minute from now', { nbf: NOW + 60, iat: NOW + 60 }],
    ['an hour and a minute old', { iat: NOW - 3_660 }],
  ])('are good when they are %s', (_what, change) => {
    expect(wrongOf({ ...GOOD, ...change })).toBeUndefined();
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['iss', 'of another issuer', { iss: 'https://as.test/' }],
    ['iss', 'of no issuer', { iss: undefined }],
    ['aud', 'for somebody else', { aud: 'other' }],
    ['aud', 'for others', { aud: ['other', 'another'] }],
    ['aud', 'for nobody', { aud: undefined }],
    ['sub', 'without a claim that is required', { sub: undefined }],
    ['exp', 'without an end', { exp: undefined }],
    ['exp', 'over', { exp: NOW - 60 }],
    ['exp', 'over at no time', { exp: '1900000000' }],
    ['nbf', 'not good yet', { nbf: NOW + 61 }],
    ['nbf', 'good from no time on', { nbf: '0' }],
    ['iat', 'of no age', { iat: undefined }],
    ['iat', 'of an age that is no time', { iat: '1800000000' }],
    ['iat', 'too old', { iat: NOW - 3_661 }],
    ['iat', 'from the future', { iat: NOW + 61 }],
  ])('name %s when they are %s', (claim, _what, change) => {
    expect(wrongOf({ ...GOOD, ...change })).toBe(claim);
  });

  it('are judged as a library judges them', async () => {
    const key = await generateSecret('HS256');
    const near = (time: number) => fc.integer({ min: time - 62, max: time + 62 });
    const time = fc.oneof(near(NOW), near(NOW - 3_600), near(NOW + 3_600));
    const claims = fc.record(
      {
        iss: fc.constantFrom('https://as.test', 'https://other.test'),
        aud: fc.oneof(fc.constantFrom('viewer', 'other'), fc.subarray(['viewer', 'other'])),
        sub: fc.constant('bob'),
        iat: time,
        exp: time,
        nbf: time,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(claims, async (payload) => {
        const token = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(key);
        const theirs = await jwtVerify(token, key, {
          ...EXPECTED,
          clockTolerance: 60,
          currentDate: new Date(NOW * 1000),
        }).then(
          () => true,
          (error: unknown) => !(error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired),
        );
        expect(wrongOf(payload) === undefined).toBe(theirs);
      }),
      { numRuns: 500 },
    );
  });
});
