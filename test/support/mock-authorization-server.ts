import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { freePort } from './free-port.js';

/** A call that the mock received, as a test wants to look at it. */
export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly pat: string | undefined;
  readonly body: unknown;
}

/** An answer a test prepares in place of the right one; `hang` never answers. */
export type PreparedAnswer = 'hang' | { readonly status: number; readonly body?: unknown; readonly text?: string };

type Endpoint = 'discovery' | 'permission' | 'introspection' | 'registration';

/**
 * The protection API of an authorization server on loopback, small but with behaviour: it knows PATs, hands out
 * numbered tickets, keeps registrations, remembers every call, and misbehaves on demand.
 */
export class MockAuthorizationServer {
  readonly calls: ReceivedCall[] = [];
  /** PATs that are accepted. */
  readonly pats = new Set(['PATa1']);
  /** What introspection answers for a token; every other token is inactive. */
  readonly tokens = new Map<string, Readonly<Record<string, unknown>>>();
  readonly registrations = new Map<string, Readonly<Record<string, unknown>>>();
  private readonly prepared = new Map<Endpoint, PreparedAnswer>();
  private readonly documents = new Map<string, unknown>();
  private tickets = 0;
  private server: Server | undefined;

  /** @param path of the issuer, such as `/tenant`; the metadata is published in the appended form */
  static async start(path = ''): Promise<MockAuthorizationServer> {
    const mock = new MockAuthorizationServer(path, await freePort());
    await mock.listen();
    mock.publish(`${path}/.well-known/uma2-configuration`);
    return mock;
  }

  private constructor(
    private readonly path: string,
    private readonly port: number,
  ) {}

  get issuer(): string {
    return `http://127.0.0.1:${this.port}${this.path}`;
  }

  /** The last ticket that was handed out. */
  get lastTicket(): string {
    return `ticket-${this.tickets}`;
  }

  /** Puts the metadata document (or another one) at a path, and takes it away from all others. */
  publish(path: string, changes: Readonly<Record<string, unknown>> = {}): void {
    this.documents.clear();
    this.documents.set(path, {
      issuer: this.issuer,
      token_endpoint: `${this.issuer}/token`,
      permission_endpoint: `${this.issuer}/permission`,
      introspection_endpoint: `${this.issuer}/introspect`,
      resource_registration_endpoint: `${this.issuer}/resources`,
      ...changes,
    });
  }

  /** Puts another document beside the metadata; `undefined` takes it away. */
  place(path: string, document: unknown): void {
    if (document === undefined) this.documents.delete(path);
    else this.documents.set(path, document);
  }

  /** Prepares what an endpoint answers from now on; `undefined` makes it behave again. */
  prepare(endpoint: Endpoint, answer: PreparedAnswer | undefined): void {
    if (answer === undefined) this.prepared.delete(endpoint);
    else this.prepared.set(endpoint, answer);
  }

  /** The calls that one endpoint received. */
  callsTo(endpoint: Endpoint): readonly ReceivedCall[] {
    return this.calls.filter(({ path }) => this.endpointOf(path) === endpoint);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Listens again after {@link stop}, under the same address. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
    this.server = server;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await receive(request);
    this.calls.push(call);
    const answer = this.answerTo(call);
    if (answer === 'hang') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)));
  }

  private endpointOf(path: string): Endpoint {
    if (path === `${this.path}/permission`) return 'permission';
    if (path === `${this.path}/introspect`) return 'introspection';
    if (path.startsWith(`${this.path}/resources`)) return 'registration';
    return 'discovery';
  }

  private answerTo(call: ReceivedCall): PreparedAnswer {
    const endpoint = this.endpointOf(call.path);
    const prepared = this.prepared.get(endpoint);
    if (prepared !== undefined) return prepared;
    if (endpoint === 'discovery') {
      const document = this.documents.get(call.path);
      return document === undefined ? { status: 404 } : { status: 200, body: document };
    }
    if (!this.pats.has(call.pat ?? '')) return { status: 401, body: { error: 'invalid_token' } };
    if (endpoint === 'permission') return { status: 201, body: { ticket: `ticket-${++this.tickets}` } };
    if (endpoint === 'registration') return this.register(call);
    const { token } = call.body as { token: string };
    return { status: 200, body: this.tokens.get(token) ?? { active: false } };
  }

  private register({ method, path, body }: ReceivedCall): PreparedAnswer {
    const id = decodeURIComponent(path.slice(`${this.path}/resources/`.length));
    if (method === 'POST') {
      const created = `R ${this.registrations.size + 1}`;
      this.registrations.set(created, body as Record<string, unknown>);
      return { status: 201, body: { _id: created, user_access_policy_uri: `${this.issuer}/policy` } };
    }
    if (id === '') return { status: 200, body: [...this.registrations.keys()] };
    const known = this.registrations.get(id);
    if (known === undefined) return { status: 404, body: { error: 'not_found' } };
    if (method === 'GET') return { status: 200, body: { _id: id, ...known } };
    if (method === 'PUT') this.registrations.set(id, body as Record<string, unknown>);
    else this.registrations.delete(id);
    return method === 'PUT' ? { status: 200, body: { _id: id } } : { status: 204 };
  }
}

async function receive(request: IncomingMessage): Promise<ReceivedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    pat: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1],
    body: read(Buffer.concat(chunks).toString(), request.headers['content-type']),
  };
}

function read(text: string, type: string | undefined): unknown {
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text));
  return text === '' ? undefined : JSON.parse(text);
}
