import { type Handler, type Incoming, LoopbackServer, type Reply } from '../loopback/loopback-server.js';
import { type MockCall, mockCall } from './mock-call.js';
import { MockGrant } from './mock-grant.js';
import { MockProtectionApi } from './mock-protection-api.js';
import { MockSignIn } from './mock-sign-in.js';

const WELL_KNOWN = /^\/\.well-known\/(?:uma2-configuration|openid-configuration|oauth-authorization-server)$/;
const UMA_GRANT = 'urn:ietf:params:oauth:grant-type:uma-ticket';

/**
 * An authorization server that the suite brings for a resource server or a client under test: people sign in, resources
 * are registered, tickets lead where a case says, and every call is kept.
 */
export class MockAuthorizationServer {
  readonly calls: MockCall[] = [];
  readonly grant = new MockGrant();
  /** Members of the metadata that are otherwise than they should be. */
  metadataChanges: Readonly<Record<string, unknown>> = {};

  /**
   * @param person who signs in here
   * @param host where it listens: loopback, unless a case needs an address that is not
   */
  static async start(person: string, host?: string): Promise<MockAuthorizationServer> {
    let answer: Handler = () => ({ status: 503 });
    const server = await LoopbackServer.start((incoming) => answer(incoming), host);
    const mock = new MockAuthorizationServer(server, await MockSignIn.create(server.origin, person));
    answer = (incoming) => mock.answer(incoming);
    return mock;
  }

  readonly protection: MockProtectionApi;

  private constructor(
    private readonly server: LoopbackServer,
    readonly signIn: MockSignIn,
  ) {
    this.protection = new MockProtectionApi(server.origin, (bearer) => signIn.ownerOf(bearer));
  }

  get issuer(): string {
    return this.server.origin;
  }

  /** Where people are sent who are to tell their claims; nothing answers there, a case plays that part. */
  get claimsEndpoint(): string {
    return `${this.issuer}/claims`;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The calls of a path. */
  callsOf(path: string): readonly MockCall[] {
    return this.calls.filter((call) => call.path === path);
  }

  private async answer(incoming: Incoming): Promise<Reply | 'hang'> {
    const call = mockCall(incoming);
    this.calls.push(call);
    const { path } = call;
    if (WELL_KNOWN.test(path)) return { status: 200, json: { ...this.metadata(), ...this.metadataChanges } };
    if (path === '/jwks') return { status: 200, json: { keys: [this.signIn.jwk] } };
    if (path === '/authorize') return this.signIn.authorize(call);
    if (path === '/userinfo') return this.signIn.userInfo(call);
    if (path === '/token') return this.token(call);
    if (path === '/revoke') return { status: 200 };
    const isProtected = path === '/permission' || path === '/introspect' || path.startsWith('/resources');
    return isProtected ? this.protection.answer(call) : { status: 404 };
  }

  private async token(call: MockCall): Promise<Reply> {
    const grantType = call.form.get('grant_type');
    if (grantType === 'authorization_code') return this.signIn.redeemCode(call);
    if (grantType === 'refresh_token') return this.signIn.refresh(call);
    if (grantType === UMA_GRANT) return this.grant.redeem(call);
    return { status: 400, json: { error: 'unsupported_grant_type' } };
  }

  private metadata(): Readonly<Record<string, unknown>> {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      revocation_endpoint: `${issuer}/revoke`,
      jwks_uri: `${issuer}/jwks`,
      permission_endpoint: `${issuer}/permission`,
      introspection_endpoint: `${issuer}/introspect`,
      resource_registration_endpoint: `${issuer}/resources/`,
      claims_interaction_endpoint: this.claimsEndpoint,
      grant_types_supported: ['authorization_code', 'refresh_token', UMA_GRANT],
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      authorization_response_iss_parameter_supported: true,
    };
  }
}
