import { Logger } from '@nestjs/common';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildAuthorizationUrlWithPAR,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  type Configuration,
  type CustomFetch,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';
import { fetch } from 'undici';

import type { Clock } from '../common/clock.js';
import { Secret } from '../common/secret.js';
import { SingleFlight } from '../common/single-flight.js';
import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import type { AuthOptions, SignInServer } from './auth.options.js';
import { authorizeDevice, type DeviceAuthorization, type DeviceRefusal, redeemDeviceCode } from './device-grant.js';
import type { LoginAttempt } from './login-attempts.js';
import { openIdFailure } from './openid-failure.js';
import type { RefreshOutcome } from './token-refresher.js';
import type { TokenSet } from './token-set.js';

const TIMEOUT_SECONDS = 5;
const CONFIGURATION_LIFETIME_MS = 60 * 60 * 1000;

/** Who came back from a sign-in, and with what. */
export interface SignIn {
  readonly person: ResourceOwner;
  readonly name?: string;
  readonly tokens: TokenSet;
}

/** What became of a device: its person has signed in for it, or why there is nobody (yet). */
export type DeviceOutcome = { readonly kind: 'signed-in'; readonly signIn: SignIn } | DeviceRefusal;

/** An authorization server as a place to sign in. Every method throws the UmaError of {@link openIdFailure}. */
export class OpenIdProvider {
  private readonly logger = new Logger(OpenIdProvider.name);
  private readonly flights = new SingleFlight<Configuration>();
  private known: { readonly configuration: Configuration; readonly untilMs: number } | undefined;

  constructor(
    readonly server: SignInServer,
    private readonly options: Pick<AuthOptions, 'baseUrl'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Where to send a browser to sign in. What is asked for is pushed to an authorization server that takes that: then it
   * passes through no browser, and nobody can change it on its way.
   *
   * @see OpenID Connect Core section 3.1.2.1, RFC 9126 section 2
   */
  async authorizationUrl({ state, nonce, verifier, consent }: LoginAttempt): Promise<string> {
    const parameters = {
      response_type: 'code',
      redirect_uri: this.redirectUri,
      scope: this.server.scopes,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(consent && { prompt: 'consent' }),
    };
    return this.using(async (configuration) => {
      const takesPushed = configuration.serverMetadata().pushed_authorization_request_endpoint !== undefined;
      const build = takesPushed ? buildAuthorizationUrlWithPAR : buildAuthorizationUrl;
      return (await build(configuration, parameters)).href;
    });
  }

  /**
   * Redeems the code that a browser brought back.
   *
   * @param query of the address it came back to
   */
  async redeem(query: string, { state, nonce, verifier }: LoginAttempt): Promise<SignIn> {
    return this.using(async (configuration) => {
      const response = await authorizationCodeGrant(configuration, new URL(`${this.redirectUri}?${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
      });
      return this.signInOf(response);
    });
  }

  /**
   * Begins to let a device in whose person signs in elsewhere. It asks for what a sign-in asks for.
   *
   * @returns `undefined` when the authorization server lets this client have no devices
   */
  authorizeDevice(): Promise<DeviceAuthorization | undefined> {
    return this.using((configuration) => authorizeDevice(configuration, this.server.scopes));
  }

  /** Asks once what became of a device. @see RFC 8628 section 3.4 */
  redeemDeviceCode(deviceCode: Secret): Promise<DeviceOutcome> {
    return this.using(async (configuration) => {
      const answer = await redeemDeviceCode(configuration, deviceCode);
      if (answer.kind !== 'tokens') return answer;
      return { kind: 'signed-in', signIn: this.signInOf(answer.response) };
    });
  }

  /** Spends a refresh token. Unlike the other methods it never throws. */
  async refresh(refreshToken: Secret): Promise<RefreshOutcome> {
    try {
      const response = await this.using((configuration) => refreshTokenGrant(configuration, refreshToken.reveal()));
      return { kind: 'refreshed', tokens: this.tokensOf(response) };
    } catch (error) {
      return { kind: openIdFailure(error).code === 'invalid_grant' ? 'refused' : 'unavailable' };
    }
  }

  /** What the authorization server tells about a person. @see OpenID Connect Core section 5.3 */
  userInfo(accessToken: Secret, subject: string): Promise<Readonly<Record<string, unknown>>> {
    return this.using((configuration) => fetchUserInfo(configuration, accessToken.reveal(), subject));
  }

  /**
   * Where to send a browser to sign out of the authorization server too. The address names this client and holds no
   * token.
   *
   * @returns `undefined` when the authorization server offers no such place
   * @see OpenID Connect RP-Initiated Logout section 2
   */
  endSessionUrl(): Promise<string | undefined> {
    const returnTo = { post_logout_redirect_uri: `${this.options.baseUrl}/` };
    return this.using((configuration) =>
      Promise.resolve(
        configuration.serverMetadata().end_session_endpoint === undefined
          ? undefined
          : buildEndSessionUrl(configuration, returnTo).href,
      ),
    );
  }

  private get redirectUri(): string {
    const { id } = this.server;
    return `${this.options.baseUrl}/callback${id === undefined ? '' : `/${id}`}`;
  }

  private signInOf(response: TokenEndpointResponse & TokenEndpointResponseHelpers): SignIn {
    const claims = response.claims();
    if (claims === undefined)
      throw new UmaError('server_error', 'The authorization server does not say who signed in.');
    const name = claims['name'];
    return {
      person: { issuer: this.server.issuer, subject: claims.sub },
      tokens: {
        accessToken: new Secret(response.access_token),
        scope: this.server.scopes,
        ...this.tokensOf(response),
      },
      ...(typeof name === 'string' && { name }),
    };
  }

  private tokensOf(response: TokenEndpointResponse & TokenEndpointResponseHelpers): Partial<TokenSet> {
    const { access_token, expires_in, refresh_token, id_token, scope } = response;
    const idTokenExpiresAt = response.claims()?.exp;
    return {
      accessToken: new Secret(access_token),
      ...(scope !== undefined && { scope }),
      ...(expires_in !== undefined && { expiresAt: this.clock.nowSeconds() + expires_in }),
      ...(refresh_token !== undefined && { refreshToken: new Secret(refresh_token) }),
      ...(id_token !== undefined && { idToken: new Secret(id_token) }),
      ...(idTokenExpiresAt !== undefined && { idTokenExpiresAt }),
    };
  }

  private async using<Result>(work: (configuration: Configuration) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.configuration());
    } catch (error) {
      const failure = openIdFailure(error);
      if (failure.code === 'temporarily_unavailable') this.known = undefined;
      if (failure.status >= 500) this.logger.warn(`${this.server.issuer}: ${failure.message}`);
      throw failure;
    }
  }

  private async configuration(): Promise<Configuration> {
    if (this.known !== undefined && this.clock.nowMs() < this.known.untilMs) return this.known.configuration;
    return this.flights.run('', async () => {
      const configuration = await this.discover();
      this.known = { configuration, untilMs: this.clock.nowMs() + CONFIGURATION_LIFETIME_MS };
      return configuration;
    });
  }

  private discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.server;
    // AuthModule refuses an issuer with plain http on any other machine.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out
    const inTheClear = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
    return discovery(new URL(issuer), clientId, undefined, ClientSecretBasic(clientSecret.reveal()), {
      timeout: TIMEOUT_SECONDS,
      execute: [enableNonRepudiationChecks, ...inTheClear],
      [customFetch]: fetch as unknown as CustomFetch,
    });
  }
}
