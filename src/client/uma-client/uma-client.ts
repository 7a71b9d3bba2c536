import type { UmaChallenge } from '../../uma/protocol/challenge.js';
import { Discovery } from './discovery.js';
import { FlowEnded } from './flow-ended.js';
import { Http } from './http.js';
import { redeemFor } from './pushed-claims.js';
import { type ResourceReply, ResourceServer } from './resource-server.js';
import { type HeldRpt, RptWallet } from './rpt-wallet.js';
import { TokenEndpoint } from './token-endpoint.js';
import { type Target, TrustList } from './trust-list.js';
import type { Answered, UmaAnswer } from './uma-answer.js';
import type { RequestingParty, ResourceRequest, UmaClientOptions } from './uma-client-options.js';

// A challenge costs at most two calls of the token endpoint, so that these bound a whole call.
const MAX_CHALLENGES = 2;

/**
 * A `fetch` that finishes the UMA flow: refused with a permission ticket, it gets an RPT for the requesting party and
 * asks again.
 *
 * @see UMA 2.0 Grant section 3
 */
export class UmaClient {
  private readonly trust: TrustList;
  private readonly resources: ResourceServer;
  private readonly discovery: Discovery;
  private readonly tokens: TokenEndpoint;
  private readonly wallet: RptWallet;

  /** @throws TypeError when a resource server in the options is not given by its URL */
  constructor(options: UmaClientOptions) {
    const http = new Http(options);
    this.trust = new TrustList(options);
    this.resources = new ResourceServer(http);
    this.discovery = new Discovery(http, options.clock, options.privateHosts ?? []);
    this.tokens = new TokenEndpoint(http, this.discovery, options);
    this.wallet = new RptWallet(options.store, options.clock);
  }

  /**
   * Requests a protected resource on behalf of a person. Whatever the servers do is an answer, never an exception.
   *
   * @throws what the store or the requesting party's `idToken` throws, and the reason of `request.signal`
   */
  async read(url: string, requestingParty: RequestingParty, request: ResourceRequest = {}): Promise<UmaAnswer> {
    try {
      return await this.run(this.trust.target(url), requestingParty, request);
    } catch (error) {
      if (error instanceof FlowEnded) return error.answer;
      throw error;
    }
  }

  private async run(target: Target, party: RequestingParty, request: ResourceRequest): Promise<UmaAnswer> {
    let held = await this.wallet.kept(target, party);
    let reply = await this.resources.request(target, request, held?.rpt.accessToken);
    for (let round = 1; isRefused(reply, held); round++) {
      await reply.response.body?.cancel();
      if (held !== undefined) await this.giveUp(held, round);
      held = reply.challenge && (await this.obtain(target, party, reply.challenge, round).catch(at(reply.challenge)));
      reply = await this.resources.request(target, request, held?.rpt.accessToken);
    }
    return answered(reply, held);
  }

  // An RPT from the store may have been withdrawn or expired since; one just issued will not get better.
  private async giveUp(held: HeldRpt, round: number): Promise<void> {
    await this.wallet.forget(held);
    const { authorizationServer } = held.key;
    if (held.fresh || round > MAX_CHALLENGES) throw new FlowEnded({ kind: 'rpt-refused', authorizationServer });
  }

  /** @returns `undefined` when the flow has to start again at the resource server, which it may once */
  private async obtain(
    target: Target,
    party: RequestingParty,
    { asUri, ticket }: UmaChallenge,
    round: number,
  ): Promise<HeldRpt | undefined> {
    this.trust.checkIssuer(target, asUri);
    const server = await this.discovery.of(asUri);
    const held = await this.wallet.obtain(target, party, server, () =>
      redeemFor(party, this.tokens, server, { ticket, resource: target.resource }),
    );
    if (held === undefined && round >= MAX_CHALLENGES) {
      throw new FlowEnded({ kind: 'refused', authorizationServer: asUri, error: 'invalid_grant' });
    }
    return held;
  }
}

/** Lets a flow end with the authorization server that a challenge names. */
function at({ asUri }: UmaChallenge): (error: unknown) => never {
  return (error) => {
    throw error instanceof FlowEnded ? error.at(asUri) : error;
  };
}

/** A plain 401 refuses an RPT too, where the resource server takes the trouble of a challenge only without one. */
function isRefused({ response, challenge }: ResourceReply, held: HeldRpt | undefined): boolean {
  return challenge !== undefined || (held !== undefined && response.status === 401);
}

function answered({ response }: ResourceReply, held: HeldRpt | undefined): Answered {
  if (held === undefined) return { kind: 'answered', response };
  const { authorizationServer } = held.key;
  const { expiresAt } = held.rpt;
  const authorization = { authorizationServer, fresh: held.fresh, ...(expiresAt === undefined ? {} : { expiresAt }) };
  return { kind: 'answered', response, authorization };
}
