import { claimsInteractionUrl } from '../../uma/protocol/claims-interaction.js';
import type { UmaChallenge } from '../../uma/protocol/challenge.js';
import type { AuthorizationProcess } from './authorization-process.js';
import { Discovery } from './discovery.js';
import { Farewell } from './farewell.js';
import { FlowEnded } from './flow-ended.js';
import { Grants } from './grants.js';
import { Http } from './http.js';
import { type ResourceReply, ResourceServer } from './resource-server.js';
import { RptRenewal } from './rpt-renewal.js';
import { type HeldRpt, RptWallet } from './rpt-wallet.js';
import { TokenEndpoint } from './token-endpoint.js';
import { type Target, TrustList } from './trust-list.js';
import type { Authorization, NeedInfo, Resumed, UmaAnswer } from './uma-answer.js';
import type { RequestingParty, ResourceRequest, UmaClientOptions } from './uma-client-options.js';

// A challenge costs a bounded number of calls of the token endpoint, so that this bounds a whole call.
const MAX_CHALLENGES = 2;

/** How far a call has come. */
interface Attempt {
  /** Counts the challenges, from 1. */
  readonly round: number;
  /** The RPT that is not enough here. */
  readonly refused: HeldRpt | undefined;
  /** Whether an RPT is offered for an upgrade: not once that has led to nothing. */
  readonly upgrades: boolean;
}

/**
 * A `fetch` that finishes the UMA flow: refused with a permission ticket, it gets an RPT for the requesting party and
 * asks again. Where the person or the owner has to do something first, it says so and goes on later.
 *
 * @see UMA 2.0 Grant section 3
 */
export class UmaClient {
  private readonly clientId: string;
  private readonly trust: TrustList;
  private readonly resources: ResourceServer;
  private readonly discovery: Discovery;
  private readonly grants: Grants;
  private readonly wallet: RptWallet;
  private readonly farewell: Farewell;

  /** @throws TypeError when a resource server in the options is not given by its URL */
  constructor(options: UmaClientOptions) {
    const { store, pcts, clock } = options;
    const http = new Http(options);
    this.clientId = options.clientId;
    this.trust = new TrustList(options);
    this.resources = new ResourceServer(http);
    this.discovery = new Discovery(http, clock, options.privateHosts ?? [], options.profiles);
    const tokens = new TokenEndpoint(http, this.discovery, options);
    this.grants = new Grants(tokens, this.discovery, pcts);
    this.wallet = new RptWallet(store, new RptRenewal(store, tokens, this.discovery, clock), clock);
    this.farewell = new Farewell(this.trust, store, pcts, this.discovery, tokens);
  }

  /**
   * Requests a protected resource on behalf of a person. Whatever the servers do is an answer, never an exception.
   *
   * @throws what a store or the requesting party's tokens throw, the reason of `request.signal`, and RangeError when
   * `request.resourcePath` does not cover the URL
   */
  read(url: string, requestingParty: RequestingParty, request: ResourceRequest = {}): Promise<UmaAnswer> {
    return asAnswer(() => this.run(this.trust.target(url, request.resourcePath), requestingParty, request));
  }

  /**
   * Goes on with an authorization process: the person has given claims, or the owner may have answered meanwhile. An RPT
   * is kept for the next {@link read}. `refused` with `invalid_grant` means that the process is over: a read starts anew.
   *
   * @param url of the resource that was asked for
   * @param process its ticket is used up, whatever comes of it
   * @throws as {@link read}
   */
  resume(
    url: string,
    requestingParty: RequestingParty,
    process: AuthorizationProcess,
    request: Pick<ResourceRequest, 'resourcePath'> = {},
  ): Promise<Resumed> {
    return asAnswer(() => this.proceed(this.trust.target(url, request.resourcePath), requestingParty, process));
  }

  /**
   * Where to send a person who has to give claims themselves; its ticket is used up there.
   *
   * @param back where the person comes back to, and the `state` that ties the answer to this browser
   * @returns `undefined` when the authorization server offers no such place
   * @see UMA 2.0 Grant section 3.3.2
   */
  claimsRedirect(
    { redirectUser, ticket }: NeedInfo,
    back: { readonly claimsRedirectUri: string; readonly state: string },
  ): string | undefined {
    if (redirectUser === undefined) return undefined;
    return claimsInteractionUrl(redirectUser, { clientId: this.clientId, ticket: ticket.reveal(), ...back });
  }

  /**
   * Forgets all that is kept for a person.
   *
   * @returns what then has it revoked as far as servers can be reached, for which nobody has to wait
   */
  forget(person: Pick<RequestingParty, 'issuer' | 'subject'>): Promise<() => Promise<void>> {
    return this.farewell.to(person);
  }

  private async run(target: Target, party: RequestingParty, request: ResourceRequest): Promise<UmaAnswer> {
    let held = await this.wallet.kept(target, party);
    let reply = await this.resources.request(target, request, held?.rpt.accessToken);
    let attempt: Attempt = { round: 1, refused: undefined, upgrades: true };
    for (; isRefused(reply, held); attempt = { ...attempt, round: attempt.round + 1 }) {
      await reply.response.body?.cancel();
      if (held !== undefined) attempt = { ...attempt, refused: await this.refused(held, reply, attempt.round) };
      held = reply.challenge && (await this.obtain(target, party, reply.challenge, attempt));
      if (held === undefined) attempt = { ...attempt, upgrades: false };
      reply = await this.resources.request(target, request, held?.rpt.accessToken);
    }
    const { response } = reply;
    return { kind: 'answered', response, ...(held !== undefined && { authorization: authorizationOf(held) }) };
  }

  // An RPT from the store may have been withdrawn or be too weak for this; one just issued will not get better.
  private async refused(held: HeldRpt, { challenge }: ResourceReply, round: number): Promise<HeldRpt | undefined> {
    const isLast = held.fresh || round > MAX_CHALLENGES;
    if (isLast || challenge === undefined) await this.wallet.forget(held);
    if (isLast) throw new FlowEnded({ kind: 'rpt-refused', authorizationServer: held.holder.authorizationServer });
    return challenge && held;
  }

  /** @returns `undefined` when the flow has to start again at the resource server, which it may once */
  private async obtain(
    target: Target,
    party: RequestingParty,
    { asUri, ticket }: UmaChallenge,
    { refused, round, upgrades }: Attempt,
  ): Promise<HeldRpt | undefined> {
    try {
      const server = await this.serverOf(target, asUri);
      const wanted = { target, party, server, refused, upgrades };
      const held = await this.wallet.obtain(wanted, (rpt) =>
        this.grants.redeem(party, server, { ticket, resource: target.resource, ...(rpt && { rpt }) }),
      );
      if (held === undefined && round >= MAX_CHALLENGES) throw stale(asUri);
      return held;
    } catch (error) {
      if (!(error instanceof FlowEnded)) throw error;
      if (refused !== undefined) await this.wallet.forget(refused);
      throw error.at(asUri);
    }
  }

  private async proceed(target: Target, party: RequestingParty, process: AuthorizationProcess): Promise<Resumed> {
    const { authorizationServer, ticket, pushed } = process;
    try {
      const server = await this.serverOf(target, authorizationServer);
      const held = await this.wallet.grant({ target, party, server, upgrades: true }, (rpt) => {
        const request = { ticket: ticket.reveal(), resource: target.resource, ...(rpt && { rpt }) };
        return this.grants.redeem(party, server, request, pushed);
      });
      if (held === undefined) throw stale(authorizationServer);
      return { kind: 'granted', authorization: authorizationOf(held) };
    } catch (error) {
      throw error instanceof FlowEnded ? error.at(authorizationServer) : error;
    }
  }

  private async serverOf(target: Target, issuer: string) {
    this.trust.checkIssuer(target, issuer);
    return this.discovery.of(issuer);
  }
}

/** Turns the end of a flow, at whatever depth, into the caller's answer. */
async function asAnswer<Answer>(flow: () => Promise<Answer>): Promise<Answer | FlowEnded['answer']> {
  try {
    return await flow();
  } catch (error) {
    if (error instanceof FlowEnded) return error.answer;
    throw error;
  }
}

const stale = (authorizationServer: string): FlowEnded =>
  new FlowEnded({ kind: 'refused', authorizationServer, error: 'invalid_grant' });

/** A plain 401 refuses an RPT too, where the resource server takes the trouble of a challenge only without one. */
function isRefused({ response, challenge }: ResourceReply, held: HeldRpt | undefined): boolean {
  return challenge !== undefined || (held !== undefined && response.status === 401);
}

function authorizationOf({ holder, rpt, fresh }: HeldRpt): Authorization {
  const { authorizationServer } = holder;
  const { expiresAt } = rpt;
  return { authorizationServer, fresh, ...(expiresAt === undefined ? {} : { expiresAt }) };
}
