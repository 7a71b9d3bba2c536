import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { request } from 'undici';

import { ClientApplicationModule, type ClientApplicationOptions } from '../../src/apps/client.module.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import { AccessPoller } from '../../src/client/access-poller.js';
import { FakeResourceServer, type FakeReply, type SeenRequest } from '../../src/client/uma-client/servers.fake.js';
import { UmaWorld } from '../../src/client/uma-client/uma-client.fake.js';
import { FixedClock } from '../../src/common/clock.fake.js';
import { Secret } from '../../src/common/secret.js';
import type { DatabaseOptions, Dialect } from '../../src/database/database.js';
import type { Page } from '../../src/demo/front-door/page.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ID_TOKEN_CLAIM_FORMAT } from '../../src/uma/protocol/constants.js';
import { databaseOptionsFor, deleteDatabase } from './databases.js';
import { eventually } from './eventually.js';
import { FakeOpenIdProvider } from './fake-openid-provider.js';
import { freePort } from './free-port.js';

/** What a test asks of a client server as a program, with a browser's cookies if need be. */
export interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly as?: Visitor;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** What a client server answered. */
export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON. */
  json(): unknown;
}

/** Somebody at a browser, with the session's CSRF token. */
export interface Visitor {
  readonly browser: UserAgent;
  readonly csrfToken: string;
}

const NOT_FOUND: FakeReply = { status: 404, body: { error: 'not_found' } };

/** A resource server that answers whoever has an RPT with what a test laid out, by path; nobody can watch but where it did. */
export class HeartServer extends FakeResourceServer {
  readonly bodies = new Map<string, unknown>();
  /** The first event of each live stream, by path. */
  readonly streams = new Map<string, object>();

  protected override reply(seen: SeenRequest): FakeReply {
    const path = seen.path.split('?')[0] ?? '';
    const first = this.streams.get(path);
    if (path.endsWith('/live') && first === undefined) return NOT_FOUND;
    const reply = super.reply(seen);
    if (reply.status !== 200) return reply;
    if (first !== undefined) return eventStream(first);
    const body = this.bodies.get(path);
    return body === undefined ? NOT_FOUND : { status: 200, body };
  }
}

function eventStream(first: object): FakeReply {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${JSON.stringify(first)}\n\n`,
  };
}

/**
 * A whole client server on a free port, between fakes: people sign in at an OpenID provider, and a resource server is
 * protected by a UMA authorization server.
 */
export class ClientApplication {
  readonly world = new UmaWorld();
  /** Every line of the log. */
  readonly log: string[] = [];
  /** Every answer that left the server, in full. */
  readonly told: string[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'pulsegate-client-'));
  readonly hearts = new HeartServer(this.world.as);
  private running: NestFastifyApplication | undefined;

  private constructor(
    /** Starts at the present time, because what verifies ID tokens goes by the machine's clock. */
    readonly clock: FixedClock,
    readonly provider: FakeOpenIdProvider,
    readonly baseUrl: string,
    private readonly database: DatabaseOptions,
  ) {}

  static async start(dialect: Dialect, options: Partial<ClientApplicationOptions> = {}): Promise<ClientApplication> {
    const clock = new FixedClock(Date.now());
    const provider = await FakeOpenIdProvider.start(clock);
    const database = databaseOptionsFor(dialect, 'client');
    const server = new ClientApplication(clock, provider, `http://127.0.0.1:${await freePort()}`, database);
    await server.world.start();
    await server.world.add(server.hearts);
    await server.boot(options);
    return server;
  }

  /** Ends the process and starts another one with its database. */
  async restart(): Promise<void> {
    await this.app.close();
    await this.boot({});
    // Connections to the old process are found dead when they are used.
    await eventually(() => this.ask('/').then(Boolean, () => false));
  }

  /** Lets time pass, and the client server look after what is due then. */
  async pass(milliseconds: number): Promise<void> {
    this.clock.advanceMs(milliseconds);
    await this.app.get(AccessPoller).tick();
  }

  get app(): NestFastifyApplication {
    if (this.running === undefined) throw new Error('The client server does not run.');
    return this.running;
  }

  /** Where the built viewer would be; here it is made up. */
  get webFolder(): string {
    return join(this.folder, 'web');
  }

  get filesFolder(): string {
    return join(this.folder, 'files');
  }

  /** URL of the shared heart. */
  get heart(): string {
    return `${this.hearts.origin}/resources/1/heart-rate`;
  }

  /** Signs somebody in with a browser of their own. */
  async signIn(sub: string, name?: string): Promise<Visitor> {
    this.provider.person = { sub, ...(name !== undefined && { name }) };
    const browser = new UserAgent();
    await browser.get(`${this.baseUrl}/login`);
    const answer = await this.ask('/api/session', { as: { browser, csrfToken: '' } });
    return { browser, csrfToken: (answer.json() as { csrfToken: string }).csrfToken };
  }

  /** Lets the UMA authorization server ask once for an ID token of the provider. */
  askForIdToken(): void {
    const claim = {
      friendly_name: 'Who you are',
      claim_token_format: [ID_TOKEN_CLAIM_FORMAT],
      issuer: [this.provider.issuer],
    };
    this.world.as.needInfo({ required_claims: [claim] });
  }

  /** Opens an address as a person does. */
  async visit(path: string, browser = new UserAgent()): Promise<Page> {
    const page = await browser.get(`${this.baseUrl}${path}`);
    this.told.push(JSON.stringify([page.headers, page.body]));
    return page;
  }

  /** Asks as a program does. */
  async ask(path: string, { method = 'GET', as, headers = {}, json }: Ask = {}): Promise<Told> {
    const cookie = as?.browser.cookies.header(new URL(this.baseUrl));
    const answer = await request(`${this.baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(cookie !== undefined && { cookie }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(as !== undefined && method === 'POST' && { 'x-csrf-token': as.csrfToken }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await answer.body.text();
    this.told.push(JSON.stringify([answer.headers, text]));
    return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) as unknown };
  }

  /** Everything secret that passed through so far. */
  get secrets(): readonly string[] {
    const pushed = this.world.as.tokenRequests.flatMap(({ claim_token, ticket, pct, refresh_token }) => [
      ...[claim_token, ticket, pct, refresh_token],
    ]);
    const own = [this.provider.lastAccessToken, this.provider.lastRefreshToken, this.provider.clientSecret];
    return [...this.world.as.issued, ...own, ...pushed].filter(
      (secret) => secret !== undefined && secret !== '',
    ) as string[];
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all([this.world.stop(), this.provider.stop()]);
    await deleteDatabase(this.database);
    rmSync(this.folder, { recursive: true });
  }

  private async boot(options: Partial<ClientApplicationOptions>): Promise<void> {
    this.buildWeb();
    const module = ClientApplicationModule.register({
      issuer: this.provider.issuer,
      clientId: this.provider.clientId,
      clientSecret: new Secret(this.provider.clientSecret),
      baseUrl: this.baseUrl,
      resourceServer: this.hearts.origin,
      trusted: new Map([[this.hearts.origin, [this.world.as.issuer]]]),
      secretKey: new Secret('secret key of a test, long enough'),
      filesFolder: this.filesFolder,
      webFolder: this.webFolder,
      devShowTokens: false,
      database: this.database,
      clock: this.clock,
      ...options,
    });
    const app = await createApp(module, {
      name: 'client',
      logLevel: 'trace',
      logDestination: { write: (line: string) => this.log.push(line) },
      trustProxy: [],
      rateLimits: [],
      openApi: { title: 'client' },
    });
    await app.listen(new URL(this.baseUrl).port, '127.0.0.1');
    this.running = app;
  }

  private buildWeb(): void {
    mkdirSync(join(this.webFolder, 'viewer'), { recursive: true });
    writeFileSync(join(this.webFolder, 'index.html'), '<!doctype html><base href="/" /><div id="viewer"></div>');
    writeFileSync(join(this.webFolder, 'viewer', 'index-a1b2c3.js'), 'console.log("viewer");');
    writeFileSync(join(this.webFolder, 'viewer', 'index-a1b2c3.js.gz'), 'compressed');
  }
}
