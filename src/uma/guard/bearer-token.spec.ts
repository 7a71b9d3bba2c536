import { presentedRpt, presentedToken } from './bearer-token.js';

const presented = (rawHeaders: string[], query: unknown = {}) => presentedToken({ rawHeaders }, query);

describe('presentedToken', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])(
    'reads the token after the scheme %s, in any case (RFC 9110 11.1)',
    (scheme) => {
      expect(presented(['Host', 'rs.test', 'AUTHORIZATION', `${scheme} aZ9-._~+/==`])).toEqual({
        kind: 'token',
        scheme: 'bearer',
        token: 'aZ9-._~+/==',
      });
    },
  );

  it.each([
    ['no Authorization header', ['Host', 'rs.test']],
    ['another scheme', ['Authorization', 'Basic dXNlcjpwYXNz']],
    ['a scheme that only begins with Bearer', ['Authorization', 'BearerX token']],
    ['a DPoP-bound token', ['Authorization', 'DPoP token']],
    ['an empty header', ['Authorization', '']],
    ['a header whose name has the same length', ['Authorizatiom', 'Bearer token']],
  ])('sees nothing in %s', (_what, rawHeaders) => {
    expect(presented(rawHeaders)).toEqual({ kind: 'nothing' });
  });

  it.each([
    ['a second Authorization header', ['Authorization', 'Bearer one', 'authorization', 'Bearer two']],
    ['a second Authorization header of another scheme', ['Authorization', 'Bearer one', 'Authorization', 'Basic two']],
    ['no token', ['Authorization', 'Bearer']],
    ['nothing but spaces', ['Authorization', 'Bearer  ']],
    ['two tokens', ['Authorization', 'Bearer one two']],
    ['two tokens joined by a comma', ['Authorization', 'Bearer one, Bearer two']],
    ['a tab', ['Authorization', 'Bearer\tone']],
    ['a line break', ['Authorization', 'Bearer one\nX: y']],
    ['characters no token has', ['Authorization', 'Bearer "one"']],
  ])('does not look at a request with %s', (_what, rawHeaders) => {
    expect(presented(rawHeaders)).toEqual({ kind: 'malformed' });
  });

  it('does not look at a token in the query, beside a good one in the header either', () => {
    const query = { access_token: 'smuggled' };
    expect(presented([], query)).toEqual({ kind: 'malformed' });
    expect(presented(['Authorization', 'Bearer one'], query)).toEqual({ kind: 'malformed' });
  });

  it('bears with a query that is no object', () => {
    expect([undefined, null, 'access_token'].map((query) => presented([], query).kind)).toEqual([
      'nothing',
      'nothing',
      'nothing',
    ]);
  });
});

describe('presentedRpt', () => {
  const rpt = (...rawHeaders: string[]) => presentedRpt({ rawHeaders }, {});

  it.each(['Bearer', 'DPoP'])('reads a token by the scheme %s (RFC 9449 7.1)', (scheme) => {
    expect(rpt('Authorization', `${scheme} one`)).toEqual({
      kind: 'token',
      scheme: scheme.toLowerCase(),
      token: 'one',
    });
  });

  it.each([
    [['Authorization', 'DPoP one', 'Authorization', 'Bearer two']],
    [['Authorization', 'DPoP one two']],
    [['Authorization', 'DPoP']],
  ])('does not look at %j', (rawHeaders) => {
    expect(rpt(...rawHeaders)).toEqual({ kind: 'malformed' });
  });

  describe('with another header', () => {
    const other = (...rawHeaders: string[]) => presentedRpt({ rawHeaders }, {}, 'x-frdp-rpt');

    it('reads the token that stands there alone, and one at its usual place (FR-12)', () => {
      expect(other('X-FRDP-RPT', 'one')).toEqual({ kind: 'token', scheme: 'bearer', token: 'one' });
      expect(other('Authorization', 'Bearer one')).toEqual({ kind: 'token', scheme: 'bearer', token: 'one' });
      expect(other('Authorization', 'Basic YTpi', 'X-FRDP-RPT', 'one')).toMatchObject({ kind: 'token', token: 'one' });
    });

    it.each([
      [['Authorization', 'Bearer one', 'X-FRDP-RPT', 'one']],
      [['X-FRDP-RPT', 'one', 'x-frdp-rpt', 'one']],
      [['X-FRDP-RPT', 'Bearer one']],
      [['X-FRDP-RPT', '']],
      [['Authorization', 'Bearer', 'X-FRDP-RPT', 'one']],
    ])('does not look at %j', (rawHeaders) => {
      expect(other(...rawHeaders)).toEqual({ kind: 'malformed' });
    });

    it('sees nothing in that header when it was not named', () => {
      expect(rpt('X-FRDP-RPT', 'one')).toEqual({ kind: 'nothing' });
    });
  });

  it('sees nothing in another scheme', () => {
    expect(rpt('Authorization', 'DPoPX one')).toEqual({ kind: 'nothing' });
  });
});
