import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { request } from 'undici';

import { ResourceServerModule, type ResourceServerOptions } from '../../src/apps/resource-server.module.js';
import { PatKeeper } from '../../src/auth/pat-keeper.js';
import { Sessions } from '../../src/auth/sessions.js';
import { createApp } from '../../src/bootstrap/create-app.js';
import { Secret } from '../../src/common/secret.js';
import type { DatabaseOptions, Dialect } from '../../src/database/database.js';
import { ResourceRegistrar } from '../../src/resources/resource-registrar.js';
import { FakeAuthorizationServer, FixedClock } from '../../src/testing/index.js';
import { UMA_CORS } from '../../src/uma/index.js';
import { databaseOptionsFor, deleteDatabase } from './databases.js';

/** What a test asks of a resource server. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** A JSON body. */
  readonly json?: unknown;
  /** A form body. */
  readonly form?: Readonly<Record<string, string>>;
}

/** What a resource server answered. */
export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON. */
  json(): unknown;
}

/** A whole resource server on a random port, with an authorization server that is a mock. */
export class ResourceServerApplication {
  static readonly baseUrl = 'http://rs.test';
  readonly clock = new FixedClock();

  private constructor(
    readonly authorizationServer: FakeAuthorizationServer,
    private readonly database: DatabaseOptions,
    private readonly options: Partial<ResourceServerOptions>,
  ) {}

  private running: NestFastifyApplication | undefined;

  static async start(
    dialect: Dialect,
    options: Partial<ResourceServerOptions> = {},
  ): Promise<ResourceServerApplication> {
    const database = databaseOptionsFor(dialect, 'resource_server');
    const server = new ResourceServerApplication(await FakeAuthorizationServer.start(), database, options);
    await server.boot();
    return server;
  }

  get app(): NestFastifyApplication {
    if (this.running === undefined) throw new Error('The resource server does not run.');
    return this.running;
  }

  /** Stops the process, as it were, and starts it again on the same database. */
  async restart(): Promise<void> {
    await this.app.close();
    await this.boot();
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.authorizationServer.stop();
    await deleteDatabase(this.database);
  }

  /**
   * Signs somebody in without a browser.
   *
   * @param issuer of the authorization server where that was; the mock's when left out
   * @returns what their browser sends from then on
   */
  async signIn(
    subject: string,
    name?: string,
    pat = 'PATa1',
    issuer = this.authorizationServer.issuer,
  ): Promise<{ readonly cookie: string; readonly 'x-csrf-token': string }> {
    const person = { issuer, subject };
    const accessToken = new Secret(pat);
    const signIn = {
      person,
      tokens: { accessToken, scope: 'openid uma_protection' },
      ...(name !== undefined && { name }),
    };
    let cookie = '';
    const reply = {
      header: (_name: string, line: string) => {
        cookie = line.split(';')[0] ?? '';
      },
    };
    await this.app.get(PatKeeper).offer(signIn, true);
    const browser = { headers: {} } as FastifyRequest;
    const session = await this.app.get(Sessions).begin(browser, reply as unknown as FastifyReply, signIn);
    await this.app.get(ResourceRegistrar, { strict: false }).signedIn(person, name);
    return { cookie, 'x-csrf-token': session.csrfToken };
  }

  async ask(path: string, { method = 'GET', headers = {}, json, form }: Ask = {}): Promise<Told> {
    const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
    const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
    const answer = await request(new URL(path, await this.app.getUrl()), {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) as unknown };
  }

  private async boot(): Promise<void> {
    const { issuer } = this.authorizationServer;
    const module = ResourceServerModule.register({
      baseUrl: ResourceServerApplication.baseUrl,
      authorizationServers: [
        { issuer, clientId: 'resource-server', clientSecret: new Secret('client secret of a test') },
      ],
      secretKey: new Secret('secret key of a test, long enough'),
      realm: 'heart',
      introspectionCacheSeconds: 10,
      challengeBody: false,
      devShowTokens: false,
      database: this.database,
      clock: this.clock,
      ...this.options,
    });
    const app = await createApp(module, {
      name: 'resource-server',
      logLevel: 'silent',
      trustProxy: [],
      rateLimits: [],
      openApi: { title: 'Resource server' },
      crossOrigin: UMA_CORS,
    });
    await app.listen(0, '127.0.0.1');
    this.running = app;
  }
}
