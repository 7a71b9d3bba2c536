import { compactForm, isTypeOf, oneUseOf } from './signed-token.js';

describe('a signed token', () => {
  it('is taken as it is, or decoded once when it has no dots (UMA 2.0 Grant section 3.3.1)', () => {
    expect(compactForm('a.b.c')).toBe('a.b.c');
    expect(compactForm(Buffer.from('a.b.ü').toString('base64url'))).toBe('a.b.ü');
  });

  it.each(['JWT', 'jwt', 'application/jwt', 'Application/JWT', undefined])('is a JWT by the type %s', (typ) => {
    expect(isTypeOf(typ, 'JWT')).toBe(true);
  });

  it.each(['at+jwt', 'logout+jwt', 'application/at+jwt', '', 'jwt/application/'])('is no JWT by the type %j', (typ) => {
    expect(isTypeOf(typ, 'JWT')).toBe(false);
  });

  it('is good for one use when it has an id, which counts for its issuer alone and for as long as it is accepted', () => {
    expect(oneUseOf({ iss: 'https://idp.test' })).toEqual({});
    const one = oneUseOf({ iss: 'https://idp.test', jti: '1', exp: 7 });
    expect(one).toEqual({ oneUse: { name: '["https://idp.test","1"]', untilMs: 67_000 } });
    expect(oneUseOf({ iss: 'https://other.test', jti: '1', exp: 7 })).not.toEqual(one);
  });
});
