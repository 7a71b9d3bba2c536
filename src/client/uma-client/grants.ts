import { Secret } from '../../common/secret.js';
import type { AuthorizationServer, Discovery } from './discovery.js';
import type { PctKey, PctStore } from './pct-store.js';
import { type Redeemed, redeemFor } from './pushed-claims.js';
import type { TokenEndpoint } from './token-endpoint.js';
import type { TokenRequest } from './token-request.js';
import { Turns } from './turns.js';
import type { RequestingParty } from './uma-client-options.js';

/**
 * Redeems permission tickets, and keeps the persisted claims token (PCT) that each success replaces. For one person at one
 * authorization server that happens one at a time: of two at once, the second would send a PCT that is gone, and the
 * person be asked what they had told.
 *
 * @see UMA 2.0 Grant sections 3.3.1 and 3.3.5 (`pct`)
 */
export class Grants {
  private readonly turns = new Turns();

  constructor(
    private readonly tokens: TokenEndpoint,
    private readonly discovery: Discovery,
    private readonly pcts: PctStore | undefined,
  ) {}

  /**
   * @param pushed claim tokens that this process has seen
   * @throws FlowEnded as {@link TokenEndpoint.redeem}
   */
  redeem(
    party: RequestingParty,
    server: AuthorizationServer,
    request: Pick<TokenRequest, 'ticket' | 'resource' | 'rpt'>,
    pushed: readonly string[] = [],
  ): Promise<Redeemed> {
    const key = pctKey(party, server.issuer);
    return this.turns.run(JSON.stringify(key), async () => {
      const pct = await this.pcts?.get(key);
      const to = { server, tokens: this.tokens, formats: this.discovery.profileOf(server.issuer).claimFormats };
      const redeemed = await redeemFor(party, to, { ...request, ...(pct && { pct }) }, pushed);
      const { outcome } = redeemed;
      if (outcome.kind === 'granted' && outcome.pct !== undefined) {
        await this.pcts?.put(key, new Secret(outcome.pct));
      }
      if (pct === undefined || outcome.kind !== 'refused' || outcome.error !== 'invalid_pct') return redeemed;
      // To the standard it would be none at all; Gluu refuses the whole request, and would so each time.
      await this.pcts?.take(key);
      return { ...redeemed, outcome: { kind: 'stale-ticket' } };
    });
  }
}

/** Under what a person's PCT of an authorization server is kept. */
export function pctKey(person: Pick<RequestingParty, 'issuer' | 'subject'>, authorizationServer: string): PctKey {
  return { authorizationServer, personIssuer: person.issuer, personSubject: person.subject };
}
