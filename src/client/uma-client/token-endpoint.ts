import { basicAuthorization } from '../../uma/protocol/basic-authorization.js';
import type { Secret } from '../../common/secret.js';
import { isSecureUrl } from '../../uma/protocol/discovery.js';
import { type GrantOutcome, parseGrantAnswer } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer, Discovery } from './discovery.js';
import { FlowEnded } from './flow-ended.js';
import { type Http, type HttpRequest, readJson } from './http.js';
import {
  refreshForm,
  revocationForm,
  type TokenRequest,
  tokenRequestForm,
  type TokenTypeHint,
} from './token-request.js';
import type { UmaClientOptions } from './uma-client-options.js';
import { TooManyRequests, unlessUnreachable } from './unless-unreachable.js';

type Credentials = Pick<UmaClientOptions, 'clientId' | 'clientSecret' | 'privateHosts'>;

/** Redeems permission tickets and spends refresh tokens at token endpoints, and revokes tokens beside them. */
export class TokenEndpoint {
  constructor(
    private readonly http: Http,
    private readonly discovery: Discovery,
    private readonly credentials: Credentials,
  ) {}

  /**
   * @throws FlowEnded `authorization-server-unreachable`, or `protocol-violation` when the ticket that was sent comes back
   * @see UMA 2.0 Grant sections 3.3.1, 3.3.5, 3.3.6 and 5.5
   */
  async redeem(server: AuthorizationServer, request: TokenRequest): Promise<GrantOutcome> {
    const outcome = await this.ask(server, tokenRequestForm(request));
    if (outcome.kind === 'refused') this.discovery.forget(server.issuer);
    const isStrict = this.discovery.profileOf(server.issuer).ticketRotation === 'strict';
    if (isStrict && 'ticket' in outcome && outcome.ticket === request.ticket) {
      throw new FlowEnded({ kind: 'protocol-violation', violation: 'ticket-not-replaced' });
    }
    return outcome;
  }

  /**
   * @returns `stale-ticket` when the refresh token is good no more
   * @throws TooManyRequests when the refresh token was not spent
   * @throws FlowEnded `authorization-server-unreachable`
   * @see UMA 2.0 Grant section 3.6
   */
  refresh(server: AuthorizationServer, refreshToken: Secret): Promise<GrantOutcome> {
    return this.ask(server, refreshForm(refreshToken));
  }

  /**
   * Has a token revoked where the authorization server offers that.
   *
   * @throws FlowEnded `authorization-server-unreachable`
   * @see RFC 7009 section 2
   */
  async revoke(server: AuthorizationServer, token: Secret, hint: TokenTypeHint): Promise<void> {
    const url = server['revocation_endpoint'];
    if (typeof url !== 'string' || !isSecureUrl(url, this.credentials.privateHosts)) return;
    const post = this.post(url, revocationForm(token, hint));
    await unlessUnreachable(
      this.http.exchange('revocation', post, async (response) => {
        await response.body?.cancel();
        return { response };
      }),
    );
  }

  private async ask(server: AuthorizationServer, form: string): Promise<GrantOutcome> {
    try {
      const { response, body } = await unlessUnreachable(
        this.http.exchange('token', this.post(server.token_endpoint, form), async (response) => ({
          response,
          body: await readJson(response),
        })),
      );
      return parseGrantAnswer(response.status, body);
    } catch (error) {
      if (!(error instanceof TooManyRequests)) this.discovery.forget(server.issuer);
      throw error;
    }
  }

  private post(url: string, body: string): HttpRequest {
    const { clientId, clientSecret } = this.credentials;
    const headers = {
      accept: 'application/json',
      authorization: basicAuthorization(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    };
    return { url, method: 'POST', headers, body };
  }
}
