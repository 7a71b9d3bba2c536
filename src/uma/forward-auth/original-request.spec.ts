import { originalRequest } from './original-request.js';

const question = (headers: Readonly<Record<string, string>> = {}, url = '/forward-auth', method = 'GET') => ({
  method,
  url,
  rawHeaders: Object.entries(headers).flat(),
});

describe('the request that a proxy asks about', () => {
  it('stands in headers of nginx', () => {
    const headers = { 'X-Original-Method': 'POST', 'X-Original-URI': '/reports/r1?a=b' };
    expect(originalRequest('nginx', question(headers))).toEqual({ method: 'POST', target: '/reports/r1?a=b' });
  });

  it('stands in headers of Traefik', () => {
    const headers = { 'X-Forwarded-Method': 'POST', 'X-Forwarded-Uri': '/reports/r1' };
    expect(originalRequest('traefik', question(headers))).toEqual({ method: 'POST', target: '/reports/r1' });
  });

  it('stands in method and address of Envoy', () => {
    expect(originalRequest('envoy', question({}, '/forward-auth/reports/r1?a=b', 'PUT'))).toEqual({
      method: 'PUT',
      target: '/reports/r1?a=b',
    });
  });

  it.each([
    ['nginx', question({ 'X-Forwarded-Method': 'GET', 'X-Forwarded-Uri': '/reports/r1' })],
    ['traefik', question({ 'X-Original-Method': 'GET', 'X-Original-URI': '/reports/r1' })],
    ['envoy', question({ 'X-Original-Method': 'GET', 'X-Original-URI': '/reports/r1' })],
    ['nginx', question({ 'X-Original-URI': '/reports/r1' })],
    ['nginx', question({ 'X-Original-Method': 'GET' })],
    ['envoy', question({}, '/forward-authority/reports/r1')],
  ] as const)('is not told by what another proxy, or the client, may have written (%s)', (proxy, asked) => {
    expect(originalRequest(proxy, asked)).toBeUndefined();
  });

  it('is not told twice', () => {
    const rawHeaders = ['x-original-method', 'GET', 'x-original-uri', '/a', 'X-Original-URI', '/b'];
    expect(originalRequest('nginx', { ...question(), rawHeaders })).toBeUndefined();
  });
});
