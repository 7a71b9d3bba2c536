import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createAuthorizationServer, type EmbeddedAuthorizationServer } from 'pulsegate/authorization-server';

import { DEMO, DEMO_ISSUER } from './demo.js';

const UMA_TICKET = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** An authorization server for trying the album out: it knows Alice and Bob, and forgets everything at the end. */
export function demoAuthorizationServer(): Promise<EmbeddedAuthorizationServer> {
  const { url, album, viewer } = DEMO;
  return createAuthorizationServer({
    AS_ISSUER: DEMO_ISSUER,
    SECRET_KEY: randomBytes(32).toString('hex'),
    DATA_DIR: mkdtempSync(join(tmpdir(), 'photo-album-')),
    LOG_LEVEL: 'warn',
    AS_ACCOUNTS: JSON.stringify([
      { username: 'alice', password: 'demo', name: 'Alice', email: 'alice@example.org' },
      { username: 'bob', password: 'demo', name: 'Bob', email: 'bob@example.org' },
    ]),
    AS_CLIENTS: JSON.stringify([
      {
        client_id: album.clientId,
        client_secret: album.clientSecret,
        client_name: 'Photo album',
        resource: url,
        redirect_uris: [`${url}/callback`],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        scope: 'openid offline_access uma_protection ssf.manage',
      },
      {
        client_id: viewer.clientId,
        client_secret: viewer.clientSecret,
        client_name: 'Photo viewer',
        redirect_uris: [],
        response_types: [],
        grant_types: [DEVICE_CODE, UMA_TICKET],
        scope: 'openid view print',
      },
    ]),
  });
}
