import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { exportJWK, generateKeyPair, type CryptoKey, type JWK, SignJWT } from 'jose';

import type { Clock } from '../../src/common/clock.js';
import { freePort } from './free-port.js';

/** Somebody who is signed in at the provider, in whichever browser comes. */
export interface FakePerson {
  readonly sub: string;
  readonly name?: string;
}

interface Grant {
  readonly person: FakePerson;
  readonly scope: string;
  revoked: boolean;
}

interface Code {
  readonly grant: Grant;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string | null;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An OpenID provider on loopback: real keys and signatures, codes with PKCE, refresh tokens that rotate and whose reuse
 * costs the grant, `offline_access` only after a prompt for consent. It asks nobody anything: {@link person} is there.
 */
export class FakeOpenIdProvider {
  clientId = 'client';
  clientSecret = 'client-secret';
  /** Whether it says in its answers who it is. @see RFC 9207 */
  namesItself = true;
  /** Who signs in next; `undefined` for somebody who says no. */
  person: FakePerson | undefined = { sub: 'alice', name: 'Alice' };
  /** Parameters of every authorization request. */
  readonly authorizations: Readonly<Record<string, string>>[] = [];
  /** `grant_type` of every token request. */
  readonly tokenRequests: string[] = [];
  /** What the token endpoint answers in place of the right thing. */
  tokenAnswer: Answer | undefined;
  /** Whether it takes pushed authorization requests, and then no others. @see RFC 9126 */
  takesPushed = false;
  /** What it answers to who asks for a device; it has no place for that while there is nothing here. @see RFC 8628 */
  deviceAnswer: Answer | undefined;
  /** Parameters of every request for a device. */
  readonly devices: Readonly<Record<string, string>>[] = [];
  /** Claims put into ID tokens in place of the right ones. */
  idTokenClaims: Readonly<Record<string, unknown>> = {};
  /** Whether ID tokens are signed with a key that the provider never published. */
  forges = false;
  accessTokenSeconds = 3600;
  readonly idTokenSeconds = 3600;
  /** Access token of the last answer. */
  lastAccessToken = '';
  lastRefreshToken = '';
  private readonly pushed = new Map<string, URLSearchParams>();
  private readonly codes = new Map<string, Code>();
  private readonly refreshTokens = new Map<string, { readonly grant: Grant; used: boolean }>();
  private readonly accessTokens = new Map<string, { readonly grant: Grant; readonly endsAt: number }>();
  private server: Server | undefined;

  static async start(clock: Clock): Promise<FakeOpenIdProvider> {
    const [own, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const publicKey = await exportJWK(own.publicKey);
    const port = await freePort();
    const provider = new FakeOpenIdProvider(clock, own.privateKey, foreign.privateKey, publicKey, port);
    await provider.listen();
    return provider;
  }

  private constructor(
    private readonly clock: Clock,
    private readonly key: CryptoKey,
    private readonly foreignKey: CryptoKey,
    private readonly publicKey: JWK,
    private readonly port: number,
  ) {}

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How often a refresh token was spent. */
  get refreshes(): number {
    return this.tokenRequests.filter((type) => type === 'refresh_token').length;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
    this.server = server;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Makes every token of every grant worthless, as a person does who withdraws. */
  revokeAll(): void {
    for (const { grant } of this.refreshTokens.values()) grant.revoked = true;
    this.accessTokens.clear();
  }

  /** Whether an access token opens `userinfo` now. */
  accepts(accessToken: string): boolean {
    const kept = this.accessTokens.get(accessToken);
    return kept !== undefined && !kept.grant.revoked && this.clock.nowSeconds() < kept.endsAt;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '', this.issuer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const answer = await this.answer(url, form, request.headers.authorization ?? '');
    const { status, body, headers } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  private answer(url: URL, form: URLSearchParams, authorization: string): Promise<Answer> | Answer {
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return { status: 200, body: this.metadata() };
      case '/jwks':
        return { status: 200, body: { keys: [{ ...this.publicKey, kid: 'own', alg: 'ES256', use: 'sig' }] } };
      case '/authorize':
        return this.authorize(this.takesPushed ? this.takePushed(url.searchParams) : url.searchParams);
      case '/par':
        return this.push(form, authorization);
      case '/token':
        return this.token(form, authorization);
      case '/device-authorization':
        return this.askForDevice(form, authorization);
      case '/userinfo':
        return this.userInfo(authorization.replace(/^Bearer /, ''));
      default:
        return { status: 404 };
    }
  }

  private metadata(): object {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      end_session_endpoint: `${issuer}/end-session`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      ...(this.namesItself && { authorization_response_iss_parameter_supported: true }),
      ...(this.deviceAnswer && { device_authorization_endpoint: `${issuer}/device-authorization` }),
      ...(this.takesPushed && { pushed_authorization_request_endpoint: `${issuer}/par` }),
    };
  }

  private askForDevice(form: URLSearchParams, authorization: string): Answer {
    if (!this.isClient(authorization)) return { status: 401, body: { error: 'invalid_client' } };
    this.devices.push(Object.fromEntries(form));
    return this.deviceAnswer ?? { status: 404 };
  }

  private push(form: URLSearchParams, authorization: string): Answer {
    if (!this.isClient(authorization)) return { status: 401, body: { error: 'invalid_client' } };
    const requestUri = `urn:ietf:params:oauth:request_uri:${randomUUID()}`;
    this.pushed.set(requestUri, form);
    return { status: 201, body: { request_uri: requestUri, expires_in: 60 } };
  }

  private takePushed(query: URLSearchParams): URLSearchParams {
    const requestUri = query.get('request_uri') ?? '';
    const pushed = this.pushed.get(requestUri) ?? new URLSearchParams();
    this.pushed.delete(requestUri);
    return pushed.get('client_id') === query.get('client_id') && query.size === 2 ? pushed : new URLSearchParams();
  }

  private authorize(query: URLSearchParams): Answer {
    const asked = Object.fromEntries(query);
    this.authorizations.push(asked);
    const { client_id, redirect_uri: redirectUri = '', code_challenge: challenge = '', scope = '', state = '' } = asked;
    const proper = asked['response_type'] === 'code' && asked['code_challenge_method'] === 'S256' && challenge !== '';
    if (client_id !== this.clientId || !proper) return { status: 400, body: { error: 'invalid_request' } };
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({
      state,
      ...(this.namesItself && { iss: this.issuer }),
      ...this.outcome(asked, scope),
    }).toString();
    return { status: 303, headers: { location: back.href } };
  }

  private outcome(asked: Readonly<Record<string, string>>, scope: string): Record<string, string> {
    if (this.person === undefined) return { error: 'access_denied' };
    const granted = scope.split(' ').filter((one) => one !== 'offline_access' || asked['prompt'] === 'consent');
    const code = randomUUID();
    this.codes.set(code, {
      grant: { person: this.person, scope: granted.join(' '), revoked: false },
      challenge: asked['code_challenge'] ?? '',
      redirectUri: asked['redirect_uri'] ?? '',
      nonce: asked['nonce'] ?? null,
    });
    return { code };
  }

  private async token(form: URLSearchParams, authorization: string): Promise<Answer> {
    this.tokenRequests.push(form.get('grant_type') ?? '');
    if (this.tokenAnswer !== undefined) return this.tokenAnswer;
    if (!this.isClient(authorization)) return { status: 401, body: { error: 'invalid_client' } };
    const redeemed = this.redeem(form);
    if (redeemed === undefined) return { status: 400, body: { error: 'invalid_grant' } };
    return { status: 200, body: await this.tokensOf(redeemed.grant, redeemed.nonce) };
  }

  private redeem(form: URLSearchParams): { grant: Grant; nonce: string | null } | undefined {
    if (form.get('grant_type') === 'refresh_token') return this.redeemRefresh(form);
    return form.has('device_code') ? this.redeemDevice() : this.redeemCode(form);
  }

  /** Whoever is there has let the device in. */
  private redeemDevice(): { grant: Grant; nonce: null } | undefined {
    const scope = this.devices.at(-1)?.['scope'];
    if (this.person === undefined || scope === undefined) return undefined;
    return { grant: { person: this.person, scope, revoked: false }, nonce: null };
  }

  private redeemCode(form: URLSearchParams): { grant: Grant; nonce: string | null } | undefined {
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const good = code?.challenge === challenge && code.redirectUri === form.get('redirect_uri');
    return good ? code : undefined;
  }

  private redeemRefresh(form: URLSearchParams): { grant: Grant; nonce: null } | undefined {
    const kept = this.refreshTokens.get(form.get('refresh_token') ?? '');
    if (kept === undefined || kept.grant.revoked) return undefined;
    if (kept.used) kept.grant.revoked = true;
    if (kept.used) return undefined;
    kept.used = true;
    return { grant: kept.grant, nonce: null };
  }

  private async tokensOf(grant: Grant, nonce: string | null): Promise<object> {
    this.lastAccessToken = `access-${randomUUID()}`;
    this.lastRefreshToken = `refresh-${randomUUID()}`;
    this.accessTokens.set(this.lastAccessToken, { grant, endsAt: this.clock.nowSeconds() + this.accessTokenSeconds });
    this.refreshTokens.set(this.lastRefreshToken, { grant, used: false });
    return {
      access_token: this.lastAccessToken,
      token_type: 'Bearer',
      expires_in: this.accessTokenSeconds,
      refresh_token: this.lastRefreshToken,
      scope: grant.scope,
      id_token: await this.idToken(grant.person, nonce),
    };
  }

  private idToken({ sub, name }: FakePerson, nonce: string | null): Promise<string> {
    const now = this.clock.nowSeconds();
    const claims = {
      iss: this.issuer,
      sub,
      aud: this.clientId,
      iat: now,
      exp: now + this.idTokenSeconds,
      ...(nonce !== null && { nonce }),
      ...(name !== undefined && { name }),
      jti: randomUUID(),
      ...this.idTokenClaims,
    };
    const header = { alg: 'ES256', kid: 'own' };
    return new SignJWT(claims).setProtectedHeader(header).sign(this.forges ? this.foreignKey : this.key);
  }

  private userInfo(accessToken: string): Answer {
    const grant = this.accessTokens.get(accessToken)?.grant;
    if (grant === undefined || !this.accepts(accessToken)) {
      return { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
    }
    return { status: 200, body: { ...grant.person, email: `${grant.person.sub}@example.org` } };
  }

  private isClient(authorization: string): boolean {
    const credentials = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    // RFC 6749 section 2.3.1 encodes both parts before they are joined.
    return decodeURIComponent(credentials) === `${this.clientId}:${this.clientSecret}`;
  }
}
