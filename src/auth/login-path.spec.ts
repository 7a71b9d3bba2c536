import { loginPath } from './login-path.js';

describe('loginPath', () => {
  it.each([
    ['at the root', 'https://viewer.test', undefined, '/login'],
    ['below a path', 'https://viewer.test/rs', undefined, '/rs/login'],
    [
      'with a way back, query and all',
      'https://viewer.test',
      '/open?a=1&b=2',
      '/login?returnTo=%2Fopen%3Fa%3D1%26b%3D2',
    ],
  ])('is %s', (_what, baseUrl, returnTo, path) => {
    expect(loginPath({ baseUrl }, returnTo)).toBe(path);
  });
});
