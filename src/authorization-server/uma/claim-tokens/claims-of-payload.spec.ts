import { claimsOfPayload } from './claims-of-payload.js';

const IDP = 'https://idp.test';

/** Name and value of every claim. */
const told = (payload: Record<string, unknown>): readonly (readonly [string, unknown])[] =>
  claimsOfPayload(payload, IDP).map(({ name, value }) => [name, value] as const);

describe('what a verified token says about its person', () => {
  it('names its issuer with each claim', () => {
    expect(claimsOfPayload({ role: 'nurse' }, IDP)).toEqual([{ name: 'role', value: 'nurse', issuer: IDP }]);
  });

  it.each([
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'azp', 'client_id', 'nonce', 'sid', 'sub_id', 'cnf'],
    ...['at_hash', 'c_hash', 's_hash', 'auth_time', 'email_verified', 'phone_number_verified'],
  ])('is not %s, which is about the token', (name) => {
    expect(told({ [name]: 'value', role: 'nurse' })).toEqual([['role', 'nurse']]);
  });

  it.each(['email', 'phone_number'])('is %s when its issuer has verified that', (name) => {
    expect(told({ [name]: 'value', [`${name}_verified`]: true })).toEqual([[name, 'value']]);
    for (const verified of [false, undefined, 'true', 1]) {
      expect(told({ [name]: 'value', [`${name}_verified`]: verified })).toEqual([]);
    }
    expect(
      told({ [name]: 'value', email_verified: name !== 'email', phone_number_verified: name === 'email' }),
    ).toEqual([]);
  });

  it('is each value of a list', () => {
    expect(told({ role: ['nurse', 'porter'], ward: [] })).toEqual([
      ['role', 'nurse'],
      ['role', 'porter'],
    ]);
  });

  it('is texts, finite numbers and truth values, and nothing else', () => {
    const values = ['text', 1.5, true, Number.NaN, Infinity, null, undefined, { a: 1 }, ['nested']];
    expect(told({ mixed: values }).map(([, value]) => value)).toEqual(['text', 1.5, true]);
    for (const value of values.slice(3, 8)) expect(told({ single: value })).toEqual([]);
  });

  it('is bounded: 50 claims, 20 values of each, 1,000 characters of a value', () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_each, index) => [`claim${index}`, index]));
    expect(told(many)).toHaveLength(50);
    expect(told({ list: Array.from({ length: 21 }, (_each, index) => index) })).toHaveLength(20);
    expect(told({ short: 'x'.repeat(1_000), long: 'x'.repeat(1_001) }).map(([name]) => name)).toEqual(['short']);
  });
});
