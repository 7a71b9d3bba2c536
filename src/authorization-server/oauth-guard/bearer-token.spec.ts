import { bearerToken } from './bearer-token.js';

describe('the bearer token of a request', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER  abc', 'Bearer abc '])('is read from "%s"', (header) => {
    expect(bearerToken(header)).toBe('abc');
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer "abc"', 'xBearer abc'])(
    'is not found in "%s"',
    (header) => {
      expect(bearerToken(header)).toBeUndefined();
    },
  );
});
