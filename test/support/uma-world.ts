import { createHash, randomBytes } from 'node:crypto';

import { request } from 'undici';

import { Accounts } from '../../src/authorization-server/oidc/accounts/accounts.js';
import { Shares } from '../../src/authorization-server/owner/shares.js';
import type { Grantee, ShareTerms } from '../../src/authorization-server/policy/share.js';
import type { Dialect } from '../../src/database/database.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import {
  type AuthorizationServer,
  PEOPLE,
  REGISTRATION_TOKEN,
  startAuthorizationServer,
} from './authorization-server.js';

/** An answer, its body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

/** What a call sends: `json` as it is when it is a text, else as JSON. */
export interface Call {
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly form?: string | Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that registered itself. */
export interface TestClient {
  readonly id: string;
  readonly secret: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The identifier of the resource server `rs1`. */
export const RS1 = 'http://127.0.0.1:4001';

/** The resource that most cases work with. */
export const R1 = {
  resource_scopes: ['heart-rate:read', 'heart-rate:write', 'heart-rate:download'],
  name: 'Heart rate',
};

const CALLBACK = 'http://127.0.0.1:9/callback';

/**
 * The fixtures of the conformance cases: two resource servers, two clients, owners alice and carol with their protection
 * API access tokens (PATs), and bob, who asks. Everything comes about by the real protocols.
 */
export class UmaWorld {
  private readonly people = new Map<string, UserAgent>();

  private constructor(
    readonly server: AuthorizationServer,
    readonly rs1: TestClient,
    readonly rs2: TestClient,
    readonly c1: TestClient,
    readonly c2: TestClient,
  ) {}

  /** PATs: of alice at rs1 and at rs2, and of carol at rs1. */
  patA1 = '';
  patA2 = '';
  patC1 = '';

  static async start(
    dialect: Dialect,
    basePath?: string,
    options?: Parameters<typeof startAuthorizationServer>[2],
  ): Promise<UmaWorld> {
    const server = await startAuthorizationServer(dialect, basePath, options);
    const { issuer } = server;
    const world = new UmaWorld(
      server,
      await registerClient(issuer, { client_name: 'Heart Service', resource: RS1 }),
      await registerClient(issuer, { client_name: 'Other Service', resource: 'http://127.0.0.1:4002' }),
      await registerClient(issuer, {
        client_name: 'Pulse Viewer',
        grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
        scope: 'openid heart-rate:read heart-rate:download',
      }),
      await registerClient(issuer, { grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE] }),
    );
    world.patA1 = await world.accessToken(world.rs1, 'alice', 'openid uma_protection');
    world.patA2 = await world.accessToken(world.rs2, 'alice', 'openid uma_protection');
    world.patC1 = await world.accessToken(world.rs1, 'carol', 'openid uma_protection');
    return world;
  }

  get issuer(): string {
    return this.server.issuer;
  }

  /** Lets the clock of tickets, shares and requesting party tokens run on. */
  wait(seconds: number): void {
    this.server.clock.advanceMs(seconds * 1000);
  }

  /**
   * Brings a clock that stood still up to the present, where the OpenID provider is; called before each test, because
   * what the provider issues later than a minute from now counts as issued in the future.
   */
  catchUp(): void {
    this.server.clock.advanceMs(Math.max(0, Date.now() - this.server.clock.nowMs()));
  }

  /** Sets the clock to the present, back from wherever a test has let it run; for tests that share nothing but the world. */
  backToPresent(): void {
    this.server.clock.advanceMs(Date.now() - this.server.clock.nowMs());
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /** The browser of a person. */
  browserOf(username: string): UserAgent {
    const browser = this.people.get(username) ?? new UserAgent({ stopAt: [CALLBACK] });
    this.people.set(username, browser);
    return browser;
  }

  registerClient(metadata: Readonly<Record<string, unknown>>): Promise<TestClient> {
    return registerClient(this.issuer, metadata);
  }

  async accessToken(client: TestClient, username: string, scope: string): Promise<string> {
    return String((await this.signIn(client, username, scope))['access_token']);
  }

  async idToken(client: TestClient = this.c1, username = 'bob'): Promise<string> {
    return String((await this.signIn(client, username, 'openid'))['id_token']);
  }

  /** The whole authorization code flow. @returns the answer of the token endpoint */
  async signIn(client: TestClient, username: string, scope: string): Promise<Record<string, unknown>> {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope,
      state: 'state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const browser = this.browserOf(username);
    await browser.get(`${this.issuer}/authorize?${query.toString()}`);
    await this.passSignIn(username);
    if (browser.page.title.startsWith('Allow')) await browser.submit({}, { button: 'Allow' });
    const code = browser.page.query['code'] ?? '';
    const answer = await this.token(client, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    });
    return answer.body;
  }

  /** Fills in the sign-in page, when that is what the person's browser shows. */
  async passSignIn(username: string): Promise<void> {
    const browser = this.browserOf(username);
    if (!browser.page.title.startsWith('Sign in')) return;
    const password = PEOPLE.find((person) => person.username === username)?.password ?? '';
    await browser.submit({ username, password }, { button: 'Sign in' });
  }

  async call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, call: Call = {}): Promise<Answer> {
    const url = path.startsWith('http') ? path : `${this.issuer}${path}`;
    const content = contentOf(call);
    const { statusCode, headers, body } = await request(url, {
      method,
      headers: {
        ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
        ...content.headers,
        ...call.headers,
      },
      ...(content.body === undefined ? {} : { body: content.body }),
    });
    const text = await body.text();
    const isJson = String(headers['content-type']).startsWith('application/json');
    return { status: statusCode, headers, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  /** Sends a form to the token endpoint as `client`. */
  token(client: TestClient, form: string | Readonly<Record<string, string>>): Promise<Answer> {
    return this.call('POST', '/token', { form, headers: basic(client) });
  }

  /** Revokes a token as `client`. */
  revoke(token: string, client = this.c1): Promise<Answer> {
    const form = { token, token_type_hint: 'access_token' };
    return this.call('POST', '/revoke', { form, headers: basic(client) });
  }

  /** Redeems a ticket, with whatever other parameters. */
  redeem(ticket: string, parameters: Readonly<Record<string, string>> = {}, client = this.c1): Promise<Answer> {
    return this.token(client, { grant_type: UMA_TICKET_GRANT_TYPE, ticket, ...parameters });
  }

  /** Redeems a ticket with an ID token as claim token. */
  async redeemAs(
    username: string,
    ticket: string,
    parameters: Readonly<Record<string, string>> = {},
    client = this.c1,
  ): Promise<Answer> {
    return this.redeem(ticket, { ...claim(await this.idToken(client, username)), ...parameters }, client);
  }

  /** Registers a resource. @returns its id */
  async register(description: unknown = R1, pat = this.patA1): Promise<string> {
    const { body } = await this.call('POST', '/uma/resources', { token: pat, json: description });
    return String(body['_id']);
  }

  /** @param permissions one permission or an array of them, as they are sent */
  async ticket(permissions: unknown, pat = this.patA1): Promise<string> {
    const { body } = await this.call('POST', '/uma/permission', { token: pat, json: permissions });
    return String(body['ticket']);
  }

  /** A ticket for one scope of one resource. */
  ticketFor(resourceId: string, ...scopes: string[]): Promise<string> {
    return this.ticket({ resource_id: resourceId, resource_scopes: scopes });
  }

  introspect(token: string, pat = this.patA1, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('POST', '/introspect', { token: pat, form: { token, ...more } });
  }

  /** Alice shares through the owner's API. @returns the share's id */
  async share(
    resourceId: string,
    scopes: readonly string[],
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const token = await this.accessToken(this.rs1, 'alice', 'openid sharing');
    const json = { resourceId, scopes, grantee: { username: 'bob' }, ...more };
    const { body } = await this.call('POST', '/api/shares', { token, json });
    return String(body['id']);
  }

  /** Alice shares heart-rate:read, or by other terms, with whomever. @returns the share's id */
  async shareWith(grantee: Grantee, resourceId: string, terms: Partial<ShareTerms> = {}): Promise<string> {
    const alice = await this.accountId('alice');
    const place = { target: { resourceId }, grantee };
    const saved = await this.server.app.get(Shares).save(alice, place, () => ({ ...UNLIMITED, ...terms }));
    if (saved === undefined) throw new Error('Alice has no such resource.');
    return saved.share.id;
  }

  /** Alice withdraws a share. */
  async withdraw(shareId: string): Promise<void> {
    await this.server.app.get(Shares).withdraw(await this.accountId('alice'), shareId);
  }

  async accountId(username: string): Promise<string> {
    const account = await this.server.app.get(Accounts).findByUsername(username);
    return account?.id ?? '';
  }

  /** Somebody of this server, as a share names them. */
  async person(username: string): Promise<Grantee> {
    return { kind: 'person', person: { issuer: this.issuer, subject: await this.accountId(username) } };
  }
}

/** Terms of a share that limits nothing. */
export const UNLIMITED: ShareTerms = {
  scopes: ['heart-rate:read'],
  clients: undefined,
  purposes: undefined,
  paused: false,
  startsMs: undefined,
  expiresMs: undefined,
};

/** The parameters that push an ID token. */
export function claim(idToken: string, format = ID_TOKEN_CLAIM_FORMAT): Record<string, string> {
  return { claim_token: idToken, claim_token_format: format };
}

/** What every JSON answer of OAuth and UMA has. */
export function expectUncachedJson({ headers }: Answer): void {
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(headers['cache-control']).toContain('no-store');
}

async function registerClient(issuer: string, metadata: Readonly<Record<string, unknown>>): Promise<TestClient> {
  const { body } = await request(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${REGISTRATION_TOKEN}` },
    body: JSON.stringify({ redirect_uris: [CALLBACK], ...metadata }),
  });
  const registered = (await body.json()) as Record<string, unknown>;
  return { id: String(registered['client_id']), secret: String(registered['client_secret']), metadata: registered };
}

function contentOf({ json, form }: Call): { headers: Record<string, string>; body?: string } {
  if (json !== undefined) {
    const body = typeof json === 'string' ? json : JSON.stringify(json);
    return { headers: { 'content-type': 'application/json' }, body };
  }
  if (form === undefined) return { headers: {} };
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

function basic({ id, secret }: TestClient): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}
