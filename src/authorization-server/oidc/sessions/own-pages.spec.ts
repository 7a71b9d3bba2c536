import { ownPage } from './own-pages.js';

describe('the page to come back to', () => {
  it.each([
    ['/account', 'https://as.test/account'],
    ['/account?resource=R1#share', 'https://as.test/account?resource=R1#share'],
    ['https://as.test/account?x=1', 'https://as.test/account?x=1'],
  ])('%s is one of our own', (returnTo, expected) => {
    expect(ownPage('https://as.test', returnTo)).toBe(expected);
  });

  it.each([
    'https://evil.test/account',
    'https://as.test.evil.test/',
    '.evil.test/',
    'javascript:alert(1)',
    '',
    'account',
    ':99999/',
  ])('"%s" is none: the owner’s page is shown instead', (returnTo) => {
    expect(ownPage('https://as.test', returnTo)).toBe('https://as.test/account');
  });

  it.each(['//evil.test/', '/\\evil.test/', '/@evil.test/'])('%s stays on our own server', (returnTo) => {
    expect(new URL(ownPage('https://as.test', returnTo)).host).toBe('as.test');
  });

  it('never leaves the path of the issuer', () => {
    expect(ownPage('https://h.test/t1', '/../t2/account')).toBe('https://h.test/t1/account');
    expect(ownPage('https://h.test/t1', '/account?r=1')).toBe('https://h.test/t1/account?r=1');
  });
});
