import { parseIntrospection } from './introspection.js';

describe('parseIntrospection', () => {
  it('reads an active token with everything the standard names (Federated Authorization 5.1.1)', () => {
    const body = {
      active: true,
      iss: 'https://as.test',
      aud: 'https://rs.test',
      exp: 20,
      nbf: 10,
      client_id: 'c1',
      permissions: [{ resource_id: 'R1', resource_scopes: ['heart-rate:read'] }],
    };
    expect(parseIntrospection(body, 7)).toEqual({
      active: true,
      askedAtMs: 7,
      iss: 'https://as.test',
      aud: ['https://rs.test'],
      exp: 20,
      nbf: 10,
      clientId: 'c1',
      binding: 'none',
      permissions: [{ resourceId: 'R1', resourceScopes: ['heart-rate:read'] }],
    });
  });

  it('takes nothing from an inactive token but that', () => {
    expect(parseIntrospection({ active: false, permissions: [{}], exp: 'x' }, 0)).toEqual({ active: false });
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['no active member', { permissions: [] }],
    ['active as text', { active: 'true' }],
    ['exp as text', { active: true, exp: '9999999999' }],
    ['nbf as text', { active: true, nbf: '1' }],
    ['iss as a list', { active: true, iss: ['https://as.test'] }],
    ['aud as a list of numbers', { active: true, aud: [1] }],
  ])('does not guess what an answer means that has %s', (_what, body) => {
    expect(parseIntrospection(body, 0)).toBeUndefined();
  });

  it.each([
    ['nothing', {}, 'none'],
    ['a cnf that is null', { cnf: null }, 'none'],
    ['the key in cnf (RFC 9449 6.2)', { cnf: { jkt: 'thumbprint' }, token_type: 'DPoP' }, { jkt: 'thumbprint' }],
    ['an empty cnf', { cnf: {} }, 'unknown'],
    ['a cnf that is no object', { cnf: 'jkt' }, 'unknown'],
    ['a certificate', { cnf: { 'x5t#S256': 'thumbprint' } }, 'unknown'],
    ['a key and a certificate', { cnf: { jkt: 'thumbprint', 'x5t#S256': 'thumbprint' } }, 'unknown'],
    ['token_type DPoP without a key', { token_type: 'DPoP' }, 'unknown'],
  ])('tells what a token is bound to by %s', (_what, members, binding) => {
    expect(parseIntrospection({ active: true, ...members }, 0)).toMatchObject({ binding });
  });

  it('keeps when the token was issued, when that can be read', () => {
    expect(parseIntrospection({ active: true, iat: 5 }, 0)).toMatchObject({ iat: 5 });
    expect(parseIntrospection({ active: true, iat: '5' }, 0)).not.toHaveProperty('iat');
  });

  it('keeps several audiences', () => {
    expect(parseIntrospection({ active: true, aud: ['a', 'b'] }, 0)).toMatchObject({ aud: ['a', 'b'] });
  });
});
