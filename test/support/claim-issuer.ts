import { createServer, type Server } from 'node:http';

import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

import { freePort } from './free-port.js';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** An identity provider of somebody else: it publishes its keys on a loopback port and signs whatever a test wants. */
export class ClaimIssuer {
  private constructor(
    readonly issuer: string,
    private readonly server: Server,
    private readonly key: PrivateKey,
  ) {}

  static async start(): Promise<ClaimIssuer> {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}`;
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    const server = createServer((request, response) => {
      const document = documentAt(request.url ?? '', issuer, jwk);
      response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(document ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new ClaimIssuer(issuer, server, privateKey);
  }

  /** Signs claims as they are; its own `iss` is the default. */
  sign(claims: Readonly<Record<string, unknown>>, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const payload = JSON.parse(JSON.stringify({ iss: this.issuer, ...claims })) as JWTPayload;
    return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(this.key);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}

function documentAt(path: string, issuer: string, jwk: JWK): unknown {
  if (path === '/.well-known/openid-configuration') return { issuer, jwks_uri: `${issuer}/jwks` };
  return path === '/jwks' ? { keys: [jwk] } : undefined;
}
