import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Dispatcher, fetch, getGlobalDispatcher, request, setGlobalDispatcher } from 'undici';

import { Secret } from '../common/secret.js';
import { openTrace, withTrace } from '../common/trace.js';
import { installOutbound } from './outbound.js';

const TRACE_ID = 'a'.repeat(32);
const TRACEPARENT = `00-${TRACE_ID}-${'b'.repeat(16)}-01`;

describe('requests that leave', () => {
  const seen: { server: string; url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const serve = async (server: string): Promise<Server> => {
    const http = createServer((incoming, response) => {
      seen.push({ server, url: incoming.url, headers: incoming.headers });
      response.end(server);
    }).listen(0, '127.0.0.1');
    // A tunnel is refused: only requests for https would ask for one.
    http.on('connect', (incoming, socket) => {
      seen.push({ server, url: incoming.url, headers: incoming.headers });
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await once(http, 'listening');
    return http;
  };
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const textFrom = async (url: string) => (await request(url)).body.text();
  let proxy: Server;
  let target: Server;
  let before: Dispatcher;

  beforeAll(async () => {
    [proxy, target] = await Promise.all([serve('proxy'), serve('target')]);
    before = getGlobalDispatcher();
  });

  beforeEach(() => {
    seen.length = 0;
  });

  afterEach(async () => {
    await getGlobalDispatcher().close();
    setGlobalDispatcher(before);
  });

  afterAll(() => {
    proxy.close();
    target.close();
  });

  const install = (noProxy: readonly string[] = []) =>
    installOutbound({ httpProxy: new Secret(`http://user:pass@127.0.0.1:${portOf(proxy)}`), noProxy });

  it('go through the proxy when they go to another machine (FH-11)', async () => {
    install();
    expect(await textFrom('http://as.example.org/token')).toBe('proxy');
    expect(seen[0]).toMatchObject({
      url: 'http://as.example.org/token',
      headers: { host: 'as.example.org', 'proxy-authorization': `Basic ${btoa('user:pass')}` },
    });
  });

  it('for https ask the proxy for a tunnel', async () => {
    install();
    await expect(request('https://as.example.org/token')).rejects.toThrow('403');
    expect(seen[0]?.url).toBe('as.example.org:443');
  });

  it.each(['127.0.0.1', 'localhost', '127.0.0.1:{port}/x?y=1'])('never go through it to %s (FH-11)', async (place) => {
    install();
    const port = String(portOf(target));
    const address = place.includes('{port}') ? place.replace('{port}', port) : `${place}:${port}/`;
    expect(await textFrom(`http://${address}`)).toBe('target');
  });

  it('do not go through it to hosts that NO_PROXY names', async () => {
    const dispatcher = install(['internal.invalid', '.lan.invalid']);
    await expect(request('http://internal.invalid/')).rejects.toThrow();
    await expect(request('http://as.lan.invalid/')).rejects.toThrow();
    expect(seen).toEqual([]);
    expect(dispatcher).toBe(getGlobalDispatcher());
  });

  it('go straight when there is no proxy, whatever the environment says', async () => {
    const { http_proxy } = process.env;
    process.env['http_proxy'] = `http://127.0.0.1:${portOf(proxy)}`;
    installOutbound({ noProxy: [] });
    await expect(request('http://internal.invalid/')).rejects.toThrow();
    expect(seen).toEqual([]);
    if (http_proxy === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = http_proxy;
  });

  it.each([
    ['none', undefined],
    ['an object', { 'x-mine': '1' }],
    ['names and values', ['x-mine', '1']],
    ['pairs', new Map([['x-mine', '1']])],
  ])('carry the trace they belong to beside headers given as %s', async (_form, headers) => {
    install();
    const url = `http://127.0.0.1:${portOf(target)}/`;
    await withTrace(openTrace(TRACEPARENT), async () =>
      (await request(url, headers === undefined ? {} : { headers })).body.text(),
    );
    expect(seen[0]?.headers['traceparent']).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(seen[0]?.headers['x-mine']).toBe(headers === undefined ? undefined : '1');
  });

  it('carry it when they are sent by fetch, and through the proxy', async () => {
    install();
    await withTrace(openTrace(TRACEPARENT), async () => (await fetch(`http://127.0.0.1:${portOf(target)}/`)).text());
    await withTrace(openTrace(TRACEPARENT), async () => textFrom('http://as.example.org/'));
    expect(seen.map(({ headers }) => headers['traceparent']?.slice(3, 35))).toEqual([TRACE_ID, TRACE_ID]);
  });

  it('carry none outside of a trace', async () => {
    install();
    await textFrom(`http://127.0.0.1:${portOf(target)}/`);
    expect(seen[0]?.headers['traceparent']).toBeUndefined();
  });
});
