import { type GrantOutcome, parseGrantAnswer } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationServer, Discovery } from './discovery.js';
import { FlowEnded } from './flow-ended.js';
import { type Http, readJson } from './http.js';
import { basicAuthorization, type TokenRequest, tokenRequestForm } from './token-request.js';
import type { UmaClientOptions } from './uma-client-options.js';
import { unlessUnreachable } from './unless-unreachable.js';

/** Redeems permission tickets at token endpoints. */
export class TokenEndpoint {
  constructor(
    private readonly http: Http,
    private readonly discovery: Discovery,
    private readonly credentials: Pick<UmaClientOptions, 'clientId' | 'clientSecret'>,
  ) {}

  /**
   * @throws FlowEnded `authorization-server-unreachable`, or `protocol-violation` when the ticket that was sent comes back
   * @see UMA 2.0 Grant sections 3.3.1, 3.3.5, 3.3.6 and 5.5
   */
  async redeem(server: AuthorizationServer, request: TokenRequest): Promise<GrantOutcome> {
    const outcome = await this.send(server, request).catch((error: unknown) => {
      this.discovery.forget(server.issuer);
      throw error;
    });
    if (outcome.kind === 'refused') this.discovery.forget(server.issuer);
    if ('ticket' in outcome && outcome.ticket === request.ticket) {
      throw new FlowEnded({ kind: 'protocol-violation', violation: 'ticket-not-replaced' });
    }
    return outcome;
  }

  private async send(server: AuthorizationServer, request: TokenRequest): Promise<GrantOutcome> {
    const { clientId, clientSecret } = this.credentials;
    const post = {
      url: server.token_endpoint,
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: basicAuthorization(clientId, clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: tokenRequestForm(request),
    };
    const { response, body } = await unlessUnreachable(
      this.http.exchange('token', post, async (response) => ({ response, body: await readJson(response) })),
    );
    return parseGrantAnswer(response.status, body);
  }
}
