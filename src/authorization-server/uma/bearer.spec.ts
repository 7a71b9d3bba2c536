import { BearerError, bearerToken } from './bearer.js';

describe('bearerToken', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['BEARER a.b-c_~+/=', 'a.b-c_~+/='],
  ])('finds the token of "%s", whatever the case of the scheme (RFC 9110 11.1)', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic YTpi', 'DPoP abc', 'xBearer abc'])(
    'finds none in %p',
    (header) => {
      expect(bearerToken(header)).toBeUndefined();
    },
  );
});

describe('BearerError', () => {
  it('names no error when there is no token (RFC 6750 3.1)', () => {
    const error = BearerError.missing('https://as.test');
    expect(error).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="https://as.test"' } });
    expect(error.toBody()).toEqual({});
  });

  it('tells of a token that is not valid (RFC 6750 3.1)', () => {
    const error = BearerError.invalid('https://as.test');
    expect(error.status).toBe(401);
    expect(error.headers['www-authenticate']).toMatch(/^Bearer realm="https:\/\/as\.test", error="invalid_token", /);
    expect(error.toBody()).toMatchObject({ error: 'invalid_token' });
  });

  it('tells which scope is wanted (RFC 6750 3.1)', () => {
    const error = BearerError.insufficient('https://as.test', 'uma_protection');
    expect(error.status).toBe(403);
    expect(error.headers['www-authenticate']).toMatch(/error="insufficient_scope".*, scope="uma_protection"$/);
    expect(error.toBody()).toMatchObject({ error: 'insufficient_scope' });
  });
});
