import type { Secret } from '../../common/secret.js';
import type { Discovery } from './discovery.js';
import { FlowEnded } from './flow-ended.js';
import { pctKey } from './grants.js';
import type { PctStore } from './pct-store.js';
import type { KeptRpt, RptStore } from './rpt-store.js';
import type { TokenEndpoint } from './token-endpoint.js';
import type { TokenTypeHint } from './token-request.js';
import type { TrustList } from './trust-list.js';
import type { RequestingParty } from './uma-client-options.js';

type Person = Pick<RequestingParty, 'issuer' | 'subject'>;

interface Revocation {
  readonly authorizationServer: string;
  readonly token: Secret;
  readonly hint: TokenTypeHint;
}

/** Ends what is kept for a person who will not come back for it. */
export class Farewell {
  constructor(
    private readonly trust: TrustList,
    private readonly rpts: RptStore,
    private readonly pcts: PctStore | undefined,
    private readonly discovery: Discovery,
    private readonly tokens: TokenEndpoint,
  ) {}

  /**
   * Forgets a person's PCTs and RPTs.
   *
   * @returns what then has them revoked, where an authorization server can be reached and offers that
   * @see UMA 2.0 Grant sections 3.7 and 5.2
   */
  async to(person: Person): Promise<() => Promise<void>> {
    const ended = [...(await this.forgetPcts(person)), ...(await this.forgetRpts(person))];
    return async () => {
      await Promise.all(ended.map((one) => this.revoke(one)));
    };
  }

  private async forgetPcts(person: Person): Promise<readonly Revocation[]> {
    const ended: Revocation[] = [];
    for (const authorizationServer of new Set(this.trust.pairs.map((pair) => pair.authorizationServer))) {
      const token = await this.pcts?.take(pctKey(person, authorizationServer));
      if (token !== undefined) ended.push({ authorizationServer, token, hint: 'pct' });
    }
    return ended;
  }

  private async forgetRpts({ issuer, subject }: Person): Promise<readonly Revocation[]> {
    const ended: Revocation[] = [];
    for (const pair of this.trust.pairs) {
      const holder = { ...pair, personIssuer: issuer, personSubject: subject };
      for (const kept of await this.rpts.list(holder)) {
        await this.rpts.drop(holder, kept);
        ended.push({ authorizationServer: pair.authorizationServer, ...strongest(kept) });
      }
    }
    return ended;
  }

  private async revoke({ authorizationServer, token, hint }: Revocation): Promise<void> {
    try {
      await this.tokens.revoke(await this.discovery.of(authorizationServer), token, hint);
    } catch (error) {
      if (!(error instanceof FlowEnded)) throw error;
    }
  }
}

/** A revoked refresh token takes its RPTs along. @see RFC 7009 section 2.1 */
function strongest({ refreshToken, accessToken }: KeptRpt): Pick<Revocation, 'token' | 'hint'> {
  if (refreshToken !== undefined) return { token: refreshToken, hint: 'refresh_token' };
  return { token: accessToken, hint: 'access_token' };
}
