import { cutBasePath } from './base-path.js';

describe('the base path of an issuer', () => {
  it.each([
    ['/t1/token', '/token'],
    ['/t1/authorize?a=b?c&d=/t1/', '/authorize?a=b?c&d=/t1/'],
    ['/t1', '/'],
    ['/t1?x=1', '/?x=1'],
    ['/t1/', '/'],
    ['/t1/.well-known/uma2-configuration', '/.well-known/uma2-configuration'],
    ['/.well-known/uma2-configuration/t1', '/.well-known/uma2-configuration'],
    ['/.well-known/openid-configuration/t1?x=1', '/.well-known/openid-configuration?x=1'],
    ['/.well-known/uma2-configuration', '/.well-known/uma2-configuration'],
    ['/t10/token', '/t10/token'],
    ['/health/live', '/health/live'],
    ['/other/t1', '/other/t1'],
  ])('makes %s of the request target %s', (target, cut) => {
    expect(cutBasePath('/t1')(target)).toBe(cut);
  });
});
