import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { formatUmaChallenge } from '../../uma/protocol/challenge.js';

/** A request as a fake server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a fake server answers; a text body is sent as it is, anything else as JSON. */
export interface FakeReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}

/** Answers a request; `undefined` leaves it without an answer. */
export type Behaviour = (request: SeenRequest) => FakeReply | undefined;

/** A real HTTP server on loopback that remembers what it was sent. */
export abstract class FakeServer {
  readonly seen: SeenRequest[] = [];
  /** Takes the place of the server's own behaviour; `undefined` from it falls back to that. */
  override: Behaviour = () => undefined;
  private server: Server | undefined;
  private port = 0;

  protected abstract reply(request: SeenRequest): FakeReply | undefined;

  async start(): Promise<this> {
    const server = createServer((incoming, outgoing) => {
      void text(incoming).then((body) => {
        const { method = '', url = '', headers } = incoming;
        const request: SeenRequest = { method, path: url, headers, body };
        this.seen.push(request);
        const reply = this.override(request) ?? this.reply(request);
        if (reply === undefined) return;
        const isText = typeof reply.body === 'string';
        outgoing.writeHead(reply.status, {
          ...(reply.body === undefined || isText ? {} : { 'content-type': 'application/json' }),
          ...(reply.headers as Record<string, string | string[]>),
        });
        outgoing.end(isText ? reply.body : JSON.stringify(reply.body));
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Requests to one path, without looking at queries. */
  to(path: string): readonly SeenRequest[] {
    return this.seen.filter((request) => request.path.split('?')[0] === path);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

/** An authorization server that keeps tickets and RPTs and, like ours, compares `resource` with the ticket's server. */
export class FakeAuthorizationServer extends FakeServer {
  private readonly tickets = new Map<string, string>();
  private readonly rpts = new Map<string, string>();
  private count = 0;
  /** Members to add to the metadata or put in place of them. */
  metadata: Readonly<Record<string, unknown>> = {};
  metadataHeaders: Readonly<Record<string, string>> = {};
  /** Members to add to a success, or put in place of them. */
  grant: Readonly<Record<string, unknown>> = {};
  /** Whether `resource` is compared, as RFC 8707 asks; many servers do not. */
  checksResource = true;
  /** Answers of the token endpoint that come before its own, in order; each consumes the ticket. */
  readonly outcomes: ((ticket: string) => FakeReply)[] = [];

  get issuer(): string {
    return this.origin;
  }

  /** A permission ticket for a resource server, by its origin. */
  ticketFor(resourceServer: string): string {
    const ticket = `ticket-${++this.count}`;
    this.tickets.set(ticket, resourceServer);
    return ticket;
  }

  /** Where an RPT is good; `undefined` when it is not. */
  audienceOf(rpt: string): string | undefined {
    return this.rpts.get(rpt);
  }

  /** Makes every RPT and ticket invalid, as when the owner withdraws. */
  withdrawAll(): void {
    this.rpts.clear();
    this.tickets.clear();
  }

  /** The forms that the token endpoint was sent, in order. */
  get tokenRequests(): readonly Record<string, string>[] {
    return this.to('/token').map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  }

  /** Every RPT issued, to look for it where it must not be. */
  readonly issued: string[] = [];

  protected override reply(request: SeenRequest): FakeReply {
    if (request.path === '/.well-known/uma2-configuration') {
      const body = { issuer: this.issuer, token_endpoint: `${this.origin}/token`, ...this.metadata };
      return { status: 200, headers: this.metadataHeaders, body };
    }
    if (request.path === '/token') return this.redeem(new URLSearchParams(request.body));
    return { status: 404, body: { error: 'not_found' } };
  }

  private redeem(form: URLSearchParams): FakeReply {
    const ticket = form.get('ticket') ?? '';
    const audience = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    const prepared = this.outcomes.shift();
    if (prepared !== undefined) return prepared(ticket);
    if (audience === undefined) return { status: 400, body: { error: 'invalid_grant' } };
    if (this.checksResource && form.get('resource') !== audience) {
      return { status: 400, body: { error: 'invalid_target' } };
    }
    const rpt = `rpt-${++this.count}`;
    this.rpts.set(rpt, audience);
    this.issued.push(rpt);
    return { status: 200, body: { access_token: rpt, token_type: 'Bearer', expires_in: 900, ...this.grant } };
  }
}

/** A resource server that protects everything with one authorization server. */
export class FakeResourceServer extends FakeServer {
  /** How the refusal with a fresh ticket is written. */
  challenge: (asUri: string, ticket: string) => FakeReply = (asUri, ticket) => ({
    status: 401,
    headers: { 'WWW-Authenticate': formatUmaChallenge('heart', { asUri, ticket }) },
  });

  constructor(private readonly authorizationServer: FakeAuthorizationServer) {
    super();
  }

  /** The tokens it was sent, in order. */
  get tokens(): readonly string[] {
    return this.seen.flatMap(({ headers }) => headers.authorization?.replace(/^Bearer /, '') ?? []);
  }

  protected override reply(request: SeenRequest): FakeReply {
    const rpt = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (this.authorizationServer.audienceOf(rpt) === this.origin) {
      return { status: 200, body: { bpm: 72, method: request.method, sent: request.body } };
    }
    return this.challenge(this.authorizationServer.issuer, this.authorizationServer.ticketFor(this.origin));
  }
}
