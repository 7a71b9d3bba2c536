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
      senderConstrained: false,
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
    ['cnf', { cnf: { jkt: 'thumbprint' } }],
    ['an empty cnf', { cnf: {} }],
    ['token_type DPoP', { token_type: 'DPoP' }],
  ])('knows a sender-constrained token by %s', (_what, members) => {
    expect(parseIntrospection({ active: true, ...members }, 0)).toMatchObject({ senderConstrained: true });
  });

  it('keeps several audiences', () => {
    expect(parseIntrospection({ active: true, aud: ['a', 'b'] }, 0)).toMatchObject({ aud: ['a', 'b'] });
  });
});
