import { givenClaims } from './claims-of-payload.js';

const ISSUER = 'https://idp.test';
const NOW = 1_000_000;
const UNTIL_MS = (NOW + 86_400) * 1000;

const claimsOf = (payload: Readonly<Record<string, unknown>>): readonly unknown[] =>
  givenClaims({ iss: ISSUER, sub: 'dora', iat: NOW, ...payload }, ISSUER, UNTIL_MS).map(({ name, value }) => [
    name,
    value,
  ]);

describe('givenClaims', () => {
  it('leaves out what is about the token', () => {
    const token = {
      aud: 'client',
      exp: NOW,
      nbf: NOW,
      jti: 'one',
      azp: 'client',
      nonce: 'n',
      at_hash: 'h',
      auth_time: NOW,
    };
    expect(claimsOf({ ...token, role: 'nurse' })).toEqual([['role', 'nurse']]);
  });

  it('makes one claim of each value of a list, up to twenty', () => {
    expect(claimsOf({ role: ['nurse', 3, true] })).toEqual([
      ['role', 'nurse'],
      ['role', 3],
      ['role', true],
    ]);
    expect(claimsOf({ role: Array.from({ length: 21 }, (_, index) => index) })).toHaveLength(20);
  });

  it.each([
    ['an object', { place: { ward: 3 } }],
    ['nothing', { place: null }],
    ['no number', { place: Number.NaN }],
    ['an endless text', { place: 'x'.repeat(1_001) }],
    ['an empty list', { place: [] }],
  ])('leaves out what is %s', (_what, payload) => {
    expect(claimsOf(payload)).toEqual([]);
  });

  it('takes a text of a thousand characters, and fifty claims', () => {
    expect(claimsOf({ place: 'x'.repeat(1_000) })).toHaveLength(1);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`claim${index}`, 'x']));
    expect(claimsOf(many)).toHaveLength(50);
  });

  it.each(['email', 'phone_number'])('takes %s only when its issuer has verified it', (name) => {
    expect(claimsOf({ [name]: 'x' })).toEqual([]);
    expect(claimsOf({ [name]: 'x', [`${name}_verified`]: 'true' })).toEqual([]);
    expect(claimsOf({ [name]: 'x', [`${name}_verified`]: true })).toEqual([[name, 'x']]);
  });

  it('relies on claims for their time, and names their issuer', () => {
    const [claim] = givenClaims({ role: 'nurse', iat: NOW }, ISSUER, UNTIL_MS);
    expect(claim).toEqual({ name: 'role', value: 'nurse', issuer: ISSUER, untilMs: UNTIL_MS });
  });

  it.each([
    ['the sign-in', { auth_time: NOW - 200, iat: NOW }, NOW + 100],
    ['the token, when it does not tell of the sign-in', { iat: NOW }, NOW + 300],
    ['nothing, when it tells of no time at all', {}, 300],
  ])('relies on how somebody was authenticated for five minutes after %s (RFC 9470)', (_when, payload, until) => {
    const [claim] = givenClaims({ acr: 'high', ...payload }, ISSUER, UNTIL_MS);
    expect(claim).toMatchObject({ name: 'acr', untilMs: until * 1000 });
  });

  it('relies on it for no longer than on other claims', () => {
    const [claim] = givenClaims({ acr: 'high', iat: NOW }, ISSUER, (NOW + 60) * 1000);
    expect(claim).toMatchObject({ untilMs: (NOW + 60) * 1000 });
  });
});
