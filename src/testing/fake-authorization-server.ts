import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Clock, SystemClock } from '../common/clock.js';
import { UMA_DISCOVERY_PATH } from '../uma/protocol/constants.js';
import { PUSH_DELIVERY, SESSION_REVOKED, SSF_DISCOVERY_PATH, VERIFICATION } from '../uma/protocol/shared-signals.js';
import { EventSender } from './event-sender.js';
import { FakeKeys } from './fake-keys.js';
import { FakeRegistrations, type FakeRegistration } from './fake-registrations.js';
import { FakeTokenEndpoint } from './fake-token-endpoint.js';
import type { FakeEndpoint, PreparedAnswer } from './prepared-answer.js';
import { type ReceivedCall, receive } from './received-call.js';
import { permissionsOf, type ScopesById, TicketOffice } from './ticket-office.js';
import { type RptClaims, type RptTerms, TokenMint } from './token-mint.js';

/** What a {@link FakeAuthorizationServer} is told. */
export interface FakeAuthorizationServerOptions {
  /** Path of its issuer, such as `/tenant`; none when left out. */
  readonly path?: string;
  /** A port of loopback; any when left out. */
  readonly port?: number;
  /** The clock of the test; the machine's when left out. */
  readonly clock?: Clock;
  /** Identifier of the resource server, which its tokens name as their audience; they name none when left out. */
  readonly audience?: string;
  /** Whether it tells of tokens that have ended, which needs an audience; it does not when left out. */
  readonly securityEvents?: boolean;
}

/** The parts of a {@link FakeAuthorizationServer}. */
interface Parts {
  readonly path: string;
  readonly port: number;
  readonly keys: FakeKeys;
  readonly tickets: TicketOffice;
  readonly mint: TokenMint;
  readonly events: EventSender;
}

/**
 * An authorization server on loopback, small but with behaviour: it knows PATs, keeps registrations, hands out numbered
 * tickets, gives requesting party tokens for them where something is shared, tells what tokens are worth and when they
 * end, remembers every call, and misbehaves on demand.
 */
export class FakeAuthorizationServer {
  readonly calls: ReceivedCall[] = [];
  /** A PAT that is accepted. */
  readonly pat = 'PATa1';
  /** All PATs that are accepted. */
  readonly pats = new Set([this.pat]);
  /** What introspection answers for a token, those that were minted among them; every other token is inactive. */
  readonly tokens = new Map<string, RptClaims>();
  /** Its signing keys. */
  readonly keys: FakeKeys;
  private readonly prepared = new Map<FakeEndpoint, PreparedAnswer>();
  private readonly documents = new Map<string, unknown>();
  private readonly resources = new FakeRegistrations();
  private readonly tokenEndpoint: FakeTokenEndpoint;
  private server: Server | undefined;

  static async start(options: FakeAuthorizationServerOptions = {}): Promise<FakeAuthorizationServer> {
    const { path = '', clock = new SystemClock(), audience, securityEvents = false } = options;
    if (securityEvents && audience === undefined) throw new Error('Security events need an audience.');
    const server = await listening(options.port ?? 0);
    const { port } = server.address() as AddressInfo;
    const issuer = `http://127.0.0.1:${port}${path}`;
    const keys = await FakeKeys.make();
    const fake = new FakeAuthorizationServer({
      ...{ path, port, keys, tickets: new TicketOffice() },
      mint: new TokenMint(issuer, audience, clock, keys),
      events: new EventSender(issuer, audience, clock, keys),
    });
    fake.publish(`${path}${UMA_DISCOVERY_PATH}`);
    if (securityEvents) fake.place(`${SSF_DISCOVERY_PATH}${path}`, fake.transmitterMetadata());
    fake.attend(server);
    return fake;
  }

  private constructor(private readonly parts: Parts) {
    this.keys = parts.keys;
    this.tokenEndpoint = new FakeTokenEndpoint(parts.tickets, (permissions) => this.mint({ permissions }));
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.parts.port}${this.parts.path}`;
  }

  /** The last ticket that was handed out. */
  get lastTicket(): string {
    return this.parts.tickets.last;
  }

  /** What is registered, by `_id`. */
  get registrations(): Map<string, FakeRegistration> {
    return this.resources.all;
  }

  /** A permission ticket, as a resource server would have got it. */
  ticket(permissions: ScopesById): string {
    return this.parts.tickets.handOut(permissions);
  }

  /** From now on whoever brings a ticket gets these scopes of a resource; no scopes take it back. */
  share(umaResourceId: string, ...scopes: readonly string[]): void {
    this.tokenEndpoint.shared.set(umaResourceId, scopes);
  }

  /** Makes an opaque requesting party token. */
  mint(terms: RptTerms): string {
    const claims = this.parts.mint.claims(terms);
    const token = `opaque-${String(claims['jti'])}`;
    this.tokens.set(token, { active: true, ...claims });
    return token;
  }

  /** Makes a requesting party token that is a signed JWT; introspection knows it too. */
  async mintSigned(terms: RptTerms): Promise<string> {
    const claims = this.parts.mint.claims(terms);
    const token = await this.parts.mint.sign(claims);
    this.tokens.set(token, { active: true, ...claims });
    return token;
  }

  /**
   * Ends a token, as its owner's withdrawal does: introspection calls it inactive from now on.
   *
   * @param how whether resource servers that have registered are told at once, before this returns
   * @throws Error when they are to be told and cannot be
   */
  async withdraw(token: string, { tell = false }: { readonly tell?: boolean } = {}): Promise<void> {
    const id = this.tokens.get(token)?.['jti'];
    this.tokens.delete(token);
    if (tell) await this.parts.events.send(SESSION_REVOKED, aboutToken(id));
  }

  /** Waits until a resource server has registered for security events. */
  registered(): Promise<void> {
    return this.parts.events.registered();
  }

  /** Gives resource servers a sign of life: for 15 s they rely on being told of withdrawals. */
  signOfLife(): Promise<void> {
    return this.parts.events.send(VERIFICATION);
  }

  /** Puts the metadata document (or another one) at a path, and takes it away from all others. */
  publish(path: string, changes: Readonly<Record<string, unknown>> = {}): void {
    this.documents.clear();
    this.place(path, {
      issuer: this.issuer,
      token_endpoint: `${this.issuer}/token`,
      permission_endpoint: `${this.issuer}/permission`,
      introspection_endpoint: `${this.issuer}/introspect`,
      resource_registration_endpoint: `${this.issuer}/resources`,
      jwks_uri: `${this.issuer}/jwks`,
      ...changes,
    });
  }

  /** The metadata of the transmitter of security events, with changes. @see SSF 1.0 section 7.1 */
  transmitterMetadata(changes: object = {}): object {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/jwks`,
      delivery_methods_supported: [PUSH_DELIVERY],
      configuration_endpoint: `${this.issuer}/streams`,
      ...changes,
    };
  }

  /** The stream of security events as it is answered, with changes. */
  stream(changes: object = {}): object {
    return this.parts.events.stream(changes);
  }

  /** Puts another document beside the metadata; `undefined` takes it away. */
  place(path: string, document: unknown): void {
    if (document === undefined) this.documents.delete(path);
    else this.documents.set(path, document);
  }

  /** Prepares what an endpoint answers from now on; `undefined` makes it behave again. */
  prepare(endpoint: FakeEndpoint, answer: PreparedAnswer | undefined): void {
    if (answer === undefined) this.prepared.delete(endpoint);
    else this.prepared.set(endpoint, answer);
  }

  /** The calls that one endpoint received. */
  callsTo(endpoint: FakeEndpoint): readonly ReceivedCall[] {
    return this.calls.filter(({ path }) => this.endpointOf(path) === endpoint);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Listens again after {@link stop}, under the same address. */
  async listen(): Promise<void> {
    this.attend(await listening(this.parts.port));
  }

  private attend(server: Server): void {
    this.server = server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.serve(request, response);
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await receive(request);
    this.calls.push(call);
    const endpoint = this.endpointOf(call.path);
    const answer = this.prepared.get(endpoint) ?? this.answerTo(endpoint, call);
    if (answer === 'hang') return;
    if (typeof answer === 'function') {
      answer(response);
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)));
  }

  private endpointOf(path: string): FakeEndpoint {
    const { path: base } = this.parts;
    if (path === `${SSF_DISCOVERY_PATH}${base}`) return 'events';
    if (path.startsWith(`${base}/resources`)) return 'registration';
    return ENDPOINTS.get(path.slice(base.length)) ?? 'discovery';
  }

  private answerTo(endpoint: FakeEndpoint, call: ReceivedCall): PreparedAnswer {
    const document = this.documents.get(call.path);
    if (document !== undefined) return { status: 200, body: document };
    if (endpoint === 'discovery' || endpoint === 'events') return { status: 404 };
    if (endpoint === 'keys') return { status: 200, body: this.keys.jwks() };
    if (endpoint === 'token') return this.tokenEndpoint.answer(call);
    return this.isKnown(endpoint, call) ? this.answerToKnown(endpoint, call) : UNKNOWN;
  }

  /** Whether a call brings a token that is good at the endpoint. */
  private isKnown(endpoint: FakeEndpoint, { pat = '' }: ReceivedCall): boolean {
    return endpoint === 'streams' ? this.tokenEndpoint.ofClients.has(pat) : this.pats.has(pat);
  }

  private answerToKnown(endpoint: FakeEndpoint, call: ReceivedCall): PreparedAnswer {
    if (endpoint === 'streams') return { status: 201, body: this.parts.events.take(call.body) };
    if (endpoint === 'permission') return { status: 201, body: { ticket: this.ticket(permissionsOf(call.body)) } };
    if (endpoint === 'introspection') {
      const { token } = call.body as { token: string };
      return { status: 200, body: this.tokens.get(token) ?? { active: false } };
    }
    const id = decodeURIComponent(call.path.slice(`${this.parts.path}/resources/`.length));
    return this.resources.answer(call, id, `${this.issuer}/policy`);
  }
}

const ENDPOINTS: ReadonlyMap<string, FakeEndpoint> = new Map([
  ['/permission', 'permission'],
  ['/introspect', 'introspection'],
  ['/token', 'token'],
  ['/jwks', 'keys'],
  ['/streams', 'streams'],
]);

const UNKNOWN: PreparedAnswer = { status: 401, body: { error: 'invalid_token' } };

/** What an event about one token is about. @see SSF 1.0 section 3.4 (complex subjects) */
const aboutToken = (id: unknown): object => ({ format: 'complex', session: { format: 'opaque', id } });

async function listening(port: number): Promise<Server> {
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}
