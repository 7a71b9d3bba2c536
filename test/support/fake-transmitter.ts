import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { freePort } from './free-port.js';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}
type Path =
  '/.well-known/ssf-configuration' | '/.well-known/uma2-configuration' | '/token' | '/streams' | '/more' | '/jwks';

/** A call that the transmitter received. */
export interface TransmitterCall {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** An authorization server as far as it transmits security events, on loopback; a test changes what it answers. */
export class FakeTransmitter {
  readonly calls: TransmitterCall[] = [];
  readonly answers = new Map<string, Answer>();
  private readonly keys = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>>();
  private server: Server | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<FakeTransmitter> {
    const transmitter = new FakeTransmitter(await freePort());
    await transmitter.addKey('key-1');
    const { issuer } = transmitter;
    transmitter.answer('/.well-known/uma2-configuration', { issuer, token_endpoint: `${issuer}/token` });
    transmitter.answer('/.well-known/ssf-configuration', transmitter.metadata());
    transmitter.answer('/token', { access_token: 'manager', token_type: 'Bearer' });
    transmitter.answer('/streams', transmitter.stream(), 201);
    await transmitter.listen();
    return transmitter;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The metadata of the transmitter, with changes. */
  metadata(changes: object = {}): object {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/jwks`,
      delivery_methods_supported: ['urn:ietf:rfc:8935'],
      configuration_endpoint: `${this.issuer}/streams`,
      ...changes,
    };
  }

  /** A stream as it is answered, with changes. */
  stream(changes: object = {}): object {
    const types = ['session-revoked', 'token-claims-change'];
    const events_delivered = types.map((type) => `https://schemas.openid.net/secevent/caep/event-type/${type}`);
    return { stream_id: 's1', iss: this.issuer, aud: 'https://rs.test', events_delivered, ...changes };
  }

  answer(path: Path, body: unknown, status = 200): void {
    this.answers.set(path, { status, body });
  }

  /** How often a path was called. */
  count(path: Path): number {
    return this.calls.filter((call) => call.path === path).length;
  }

  /** Publishes one more key. */
  async addKey(kid: string): Promise<void> {
    this.keys.set(kid, await generateKeyPair('ES256', { extractable: true }));
    await this.publishKeys();
  }

  /** Publishes a key no more. */
  async removeKey(kid: string): Promise<void> {
    this.keys.delete(kid);
    await this.publishKeys();
  }

  /** Signs claims as they are; members of the header may be changed. */
  async sign(claims: object, { kid = 'key-1', ...header }: { kid?: string; typ?: string } = {}): Promise<string> {
    const { privateKey } = this.keys.get(kid) ?? (await generateKeyPair('ES256'));
    const all = { alg: 'ES256', typ: 'secevent+jwt', kid, ...header };
    return new SignJWT({ ...claims }).setProtectedHeader(all).sign(privateKey);
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      void this.receive(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
    this.server = server;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async receive(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    this.calls.push({ path, authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() });
    return this.answers.get(path) ?? { status: 404 };
  }

  private async publishKeys(): Promise<void> {
    const keys: JWK[] = [];
    for (const [kid, { publicKey }] of this.keys) keys.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' });
    this.answer('/jwks', { keys });
  }
}
