import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { authorizationServerCheck } from './health-checks.js';

describe('the health check of the authorization server', () => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      response.statusCode = /^(?:\/t1)?\/\.well-known\/openid-configuration$/.test(url) ? 200 : 404;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each(['', '/', '/t1', '/t1/'])('finds its metadata below an issuer that ends in “%s”', async (path) => {
    await expect(authorizationServerCheck(`${origin}${path}`).check()).resolves.toBeUndefined();
  });

  it('fails where there are none', async () => {
    await expect(authorizationServerCheck(`${origin}/t2`).check()).rejects.toThrow('404');
  });
});
