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

/** What a permission ticket or an RPT of the fake authorization server is good for. */
interface Permissions {
  /** Origin of the resource server. */
  readonly resourceServer: string;
  readonly permissions: readonly string[];
}

/**
 * An authorization server that keeps tickets and tokens and, like ours, compares `resource` with the ticket's server. A
 * ticket is good for one use, at the token endpoint or at the claims interaction endpoint.
 */
export class FakeAuthorizationServer extends FakeServer {
  private readonly tickets = new Map<string, Permissions>();
  private readonly rpts = new Map<string, Permissions>();
  private readonly refreshTokens = new Map<string, Permissions>();
  private readonly pcts = new Set<string>();
  private count = 0;
  /** Members to add to the metadata or put in place of them. */
  metadata: Readonly<Record<string, unknown>> = {};
  metadataHeaders: Readonly<Record<string, string>> = {};
  /** Members to add to a success, or put in place of them. */
  grant: Readonly<Record<string, unknown>> = {};
  /** Whether `resource` is compared, as RFC 8707 asks; many servers do not. */
  checksResource = true;
  /** Whether the permissions of an RPT that is offered go into the new one. */
  upgrades = false;
  issuesRefreshTokens = false;
  issuesPcts = false;
  /** Answers of the token endpoint that come before its own, in order; each consumes the ticket. */
  readonly outcomes: ((ticket: string) => FakeReply)[] = [];

  get issuer(): string {
    return this.origin;
  }

  /** A permission ticket for a resource server, by its origin. */
  ticketFor(resourceServer: string, permission = 'everything'): string {
    const ticket = `ticket-${++this.count}`;
    this.tickets.set(ticket, { resourceServer, permissions: [permission] });
    return ticket;
  }

  /** Whether an RPT is good at a resource server. */
  permits(rpt: string, resourceServer: string, permission: string): boolean {
    const granted = this.rpts.get(rpt);
    return granted?.resourceServer === resourceServer && granted.permissions.includes(permission);
  }

  /** Whether a PCT would be taken. */
  knowsPct(pct: string): boolean {
    return this.pcts.has(pct);
  }

  /** Makes every token and ticket invalid, as when the owner withdraws. */
  withdrawAll(): void {
    for (const kept of [this.rpts, this.tickets, this.refreshTokens]) kept.clear();
  }

  /** Makes every RPT invalid, as when it expires. */
  expireRpts(): void {
    this.rpts.clear();
  }

  /** The forms that the token endpoint was sent, in order. */
  get tokenRequests(): readonly Record<string, string>[] {
    return this.formsTo('/token');
  }

  /** The forms that the revocation endpoint was sent, in order. */
  get revocations(): readonly Record<string, string>[] {
    return this.formsTo('/revoke');
  }

  /** The queries with which people were sent to give claims, in order. */
  get interactions(): readonly Record<string, string>[] {
    return this.to('/uma/claims').map(({ path }) => Object.fromEntries(new URL(path, this.origin).searchParams));
  }

  /** Every RPT issued, to look for it where it must not be. */
  readonly issued: string[] = [];

  /** Answers once that the owner was asked. */
  askOwner(members: Readonly<Record<string, unknown>> = { interval: 5 }): void {
    this.outcomes.push((ticket) => ({
      status: 403,
      body: { error: 'request_submitted', ticket: this.replace(ticket), ...members },
    }));
  }

  /** Answers once that more is to be known. */
  needInfo(members: Readonly<Record<string, unknown>>): void {
    this.outcomes.push((ticket) => ({
      status: 403,
      body: { error: 'need_info', ticket: this.replace(ticket), ...members },
    }));
  }

  /** Answers once with an error code. */
  refuse(error: string, status = 403): void {
    this.outcomes.push(() => ({ status, body: { error } }));
  }

  private readonly spent = new Map<string, Permissions>();

  /** The ticket that takes the place of one that was presented. */
  private replace(presented: string): string {
    const ticket = `ticket-${++this.count}`;
    const permissions = this.spent.get(presented);
    if (permissions !== undefined) this.tickets.set(ticket, permissions);
    return ticket;
  }

  protected override reply(request: SeenRequest): FakeReply {
    const url = new URL(request.path, this.origin);
    const form = new URLSearchParams(request.body);
    switch (url.pathname) {
      case '/.well-known/uma2-configuration':
        return { status: 200, headers: this.metadataHeaders, body: { ...this.endpoints(), ...this.metadata } };
      case '/token':
        return form.get('grant_type') === 'refresh_token' ? this.refresh(form) : this.redeem(form);
      case '/revoke':
        return this.revoke(form);
      case '/uma/claims':
        return this.interact(url.searchParams);
      default:
        return { status: 404, body: { error: 'not_found' } };
    }
  }

  private endpoints(): Record<string, unknown> {
    const { issuer, origin } = this;
    return { issuer, token_endpoint: `${origin}/token`, revocation_endpoint: `${origin}/revoke` };
  }

  private formsTo(path: string): readonly Record<string, string>[] {
    return this.to(path).map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  }

  private take(ticket: string): Permissions | undefined {
    const permissions = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    if (permissions !== undefined) this.spent.set(ticket, permissions);
    return permissions;
  }

  private redeem(form: URLSearchParams): FakeReply {
    const ticket = form.get('ticket') ?? '';
    const granted = this.take(ticket);
    const prepared = this.outcomes.shift();
    if (prepared !== undefined) return prepared(ticket);
    if (granted === undefined) return { status: 400, body: { error: 'invalid_grant' } };
    if (this.checksResource && form.get('resource') !== granted.resourceServer) {
      return { status: 400, body: { error: 'invalid_target' } };
    }
    this.pcts.delete(form.get('pct') ?? '');
    return this.issue(granted, form.get('rpt') ?? '');
  }

  private issue(granted: Permissions, old: string): FakeReply {
    const before = this.upgrades ? this.rpts.get(old) : undefined;
    if (before === undefined) return this.success(granted, {});
    this.rpts.delete(old);
    return this.success(
      { ...granted, permissions: [...before.permissions, ...granted.permissions] },
      { upgraded: true },
    );
  }

  private refresh(form: URLSearchParams): FakeReply {
    const granted = this.refreshTokens.get(form.get('refresh_token') ?? '');
    this.refreshTokens.delete(form.get('refresh_token') ?? '');
    const prepared = this.outcomes.shift();
    if (prepared !== undefined) return prepared('');
    return granted === undefined ? { status: 400, body: { error: 'invalid_grant' } } : this.success(granted, {});
  }

  private success(granted: Permissions, members: Readonly<Record<string, unknown>>): FakeReply {
    const number = ++this.count;
    this.rpts.set(`rpt-${number}`, granted);
    this.issued.push(`rpt-${number}`);
    if (this.issuesRefreshTokens) this.refreshTokens.set(`refresh-${number}`, granted);
    if (this.issuesPcts) this.pcts.add(`pct-${number}`);
    return {
      status: 200,
      body: {
        access_token: `rpt-${number}`,
        token_type: 'Bearer',
        expires_in: 900,
        ...(this.issuesRefreshTokens && { refresh_token: `refresh-${number}` }),
        ...(this.issuesPcts && { pct: `pct-${number}` }),
        ...members,
        ...this.grant,
      },
    };
  }

  private revoke(form: URLSearchParams): FakeReply {
    const token = form.get('token') ?? '';
    this.pcts.delete(token);
    for (const kept of [this.rpts, this.refreshTokens]) kept.delete(token);
    return { status: 200 };
  }

  /** Sends a person back who gave claims without being asked much. */
  private interact(query: URLSearchParams): FakeReply {
    const [ticket, back] = [query.get('ticket') ?? '', query.get('claims_redirect_uri') ?? ''];
    if (this.take(ticket) === undefined) return { status: 400, body: 'This was used before.' };
    const answer = new URLSearchParams({
      ticket: this.replace(ticket),
      state: query.get('state') ?? '',
      iss: this.issuer,
    });
    return { status: 303, headers: { Location: `${back}?${answer.toString()}` } };
  }
}

/** A resource server that protects everything with one authorization server. */
export class FakeResourceServer extends FakeServer {
  /** How the refusal with a fresh ticket is written. */
  challenge: (asUri: string, ticket: string) => FakeReply = (asUri, ticket) => ({
    status: 401,
    headers: { 'WWW-Authenticate': formatUmaChallenge('heart', { asUri, ticket }) },
  });

  /** What a request needs: by default any RPT of this resource server will do. */
  permissionFor: (request: SeenRequest) => string = () => 'everything';

  constructor(private readonly authorizationServer: FakeAuthorizationServer) {
    super();
  }

  /** The tokens it was sent, in order. */
  get tokens(): readonly string[] {
    return this.seen.flatMap(({ headers }) => headers.authorization?.replace(/^Bearer /, '') ?? []);
  }

  protected override reply(request: SeenRequest): FakeReply {
    const rpt = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const permission = this.permissionFor(request);
    if (this.authorizationServer.permits(rpt, this.origin, permission)) {
      return { status: 200, body: { bpm: 72, method: request.method, sent: request.body } };
    }
    return this.challenge(this.authorizationServer.issuer, this.authorizationServer.ticketFor(this.origin, permission));
  }
}
