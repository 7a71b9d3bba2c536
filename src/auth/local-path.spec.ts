import fc from 'fast-check';

import { localPath } from './local-path.js';

describe('localPath', () => {
  it.each(['/', '/open', '/open?resource=http%3A%2F%2Frs.test%2Fresources%2F1', '/a/b#c', '/search?q=//evil.test'])(
    'lets %s pass',
    (path) => {
      expect(localPath(path)).toBe(path);
    },
  );

  it.each([
    ['another site', 'https://evil.test/'],
    ['another site without scheme', '//evil.test'],
    ['three slashes', '///evil.test'],
    ['a backslash for a slash', '/\\evil.test'],
    ['two backslashes', '\\\\evil.test'],
    ['a tab that browsers drop', '/\t/evil.test'],
    ['a line break', '/\n/evil.test'],
    ['a header of its own', '/a\r\nSet-Cookie: x=y'],
    ['a climb that ends in two slashes', '/a/..//evil.test'],
    ['a script', 'javascript:alert(1)'],
    ['credentials', 'https://rs.test@evil.test'],
    ['a relative path', 'open'],
    ['nothing', ''],
    ['the sign-in itself', '/login?returnTo=/login'],
    ['the callback', '/callback?code=stolen'],
    ['the sign-in below a path', '/rs/login/'],
    ['a list', ['/a', '/b']],
    ['no value', undefined],
    ['characters beyond ASCII', '/ü'],
  ])('refuses %s', (_what, returnTo) => {
    expect(localPath(returnTo)).toBeUndefined();
  });

  it('never leaves this server, whatever comes in (law)', () => {
    const attempt = fc.string({ unit: fc.constantFrom('/', '\\', '.', '@', ':', '?', '#', 'a', '\t', '%2f', ' ') });
    fc.assert(
      fc.property(attempt, (text) => {
        const path = localPath(`/${text}`) ?? '/';
        expect(new URL(path, 'https://rs.test').origin).toBe('https://rs.test');
      }),
    );
  });
});
