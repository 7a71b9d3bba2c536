import fc from 'fast-check';

import { needOf, parseForwardAuthRule } from './forward-auth-rule.js';

const RULES = [
  'GET /reports/:id/pdf heart-rate:read',
  'POST /reports/:id heart-rate:read+heart-rate:summary',
  'GET /files/:id/** heart-rate:summary|heart-rate:read',
].map(parseForwardAuthRule);

describe('rules of forward authorization', () => {
  it('are read with their method, their path and all scopes that are needed', () => {
    expect(RULES[1]).toEqual({
      method: 'POST',
      path: '/reports/:id',
      scopes: ['heart-rate:read', 'heart-rate:summary'],
    });
  });

  it('are read with scopes of which any one will do', () => {
    expect(RULES[2]?.scopes).toEqual({ anyOf: ['heart-rate:summary', 'heart-rate:read'] });
  });

  it.each([
    '',
    'GET /reports/:id',
    'get /reports/:id read',
    'GET reports/:id read',
    'GET /reports read',
    'GET /reports/:id/:id read',
    'GET /reports//:id read',
    'GET /reports/:id/**/more read',
    'GET /reports/:id read write',
  ])('are not read from "%s"', (text) => {
    expect(() => parseForwardAuthRule(text)).toThrow('is no ');
  });

  it.each([
    ['GET', '/reports/r1/pdf', 'r1'],
    ['HEAD', '/reports/r1/pdf?page=2', 'r1'],
    ['GET', '/reports/r%201/pdf', 'r 1'],
    ['POST', '/reports/r1', 'r1'],
    ['GET', '/files/r1/a', 'r1'],
    ['GET', '/files/r1/a/b.txt', 'r1'],
  ])('find the resource of %s %s', (method, target, resourceId) => {
    expect(needOf(RULES, method, target)).toMatchObject({ resourceId });
  });

  it.each([
    ['POST', '/reports/r1/pdf'],
    ['get', '/reports/r1/pdf'],
    ['GET', '/reports/r1/pdf/'],
    ['GET', '/reports/r1'],
    ['GET', '/reports//pdf'],
    ['GET', '/files/r1'],
    ['GET', '/files/r1/'],
    ['GET', ''],
    ['GET', 'http://rs.test/reports/r1/pdf'],
  ])('do not fit %s %s', (method, target) => {
    expect(needOf(RULES, method, target)).toBeUndefined();
  });

  it.each([
    '/files/r1/../r2/a',
    '/files/r1/./a',
    '/files/r1/..',
    '/files/r1/%2e%2e/r2',
    '/files/r1%2fa/b',
    '/files/r1/a%5Cb',
    '/files/r1\\a/b',
    '/files/r1/%72aw',
    '/reports/%721/pdf',
    '/files/r1/a%5Fb',
    '/files/r1//a',
    '/files/r1/a;b',
    '/files/r1/a\tb',
    '/files/r1/ä',
    '/files/r1/%00',
    '/files/r1/%zz',
    '/files/r1/a#b',
    '/reports/%ff/pdf',
    '/reports/r1/pdf?access_token=rpt',
    '/reports/r1/pdf?a=b&access%5Ftoken=rpt',
  ])('refuse what could be read in two ways: %s', (target) => {
    expect(needOf(RULES, 'GET', target)).toBeUndefined();
  });

  it('never let a path name a resource other than the one that any reader sees in it', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e', '%2E%2e', '%2f', '\\', ';', '', 'r1', 'r2', 'files', 'reports', 'pdf', '%72'),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const target = `/${parts.join('/')}`;
        const need = needOf(RULES, 'GET', target);
        if (need === undefined) return;
        const { pathname } = new URL(target, 'http://rs.test');
        expect(decodeURIComponent(pathname.split('/')[2] ?? '')).toBe(need.resourceId);
        expect(pathname).toBe(target.split('?')[0]);
      }),
    );
  });
});
