import { decodeJwt } from 'jose';

import { inWords, member } from '../http/answer.js';
import type { IdentityProvider } from '../identity/identity-provider.js';
import {
  type ClaimTokens,
  OwnProviderClaimTokens,
  type SignInAtServer,
  SignInClaimTokens,
} from '../world/claim-tokens.js';
import {
  type Account,
  CLAIMS_CALLBACK,
  CLAIMS_CALLBACK_WITH_QUERY,
  type Client,
  CLIENT_CALLBACK,
  RESOURCE_SERVER_CALLBACK,
  RS1,
  RS2,
  UMA_GRANT,
} from '../world/client.js';
import { codeFlow, tokenOf } from '../world/code-flow.js';
import type { Protocol } from '../world/protocol.js';
import type { Fixtures } from './driver.js';
import type { Target } from './target.js';

/** Long enough for a case to use what it has, short enough to wait for the end. */
const BRIEF_TICKET_SECONDS = 4;
const BRIEF_RPT_SECONDS = 5;

/** The two identity providers that the suite brings: one that clients may name, and one that nobody knows. */
export interface Providers {
  readonly own: IdentityProvider;
  readonly stranger: IdentityProvider;
}

/**
 * Makes the fixtures by the standards alone: clients register themselves (RFC 7591), people sign in through the pages of
 * the server (RFC 6749, RFC 7636). What the target brings is taken as it is.
 */
export class StandardSetup {
  private readonly clients = new Map<string, Promise<Client>>();

  constructor(
    private readonly protocol: Protocol,
    private readonly target: Target,
    private readonly providers: Providers,
  ) {}

  /** @throws Error in a sentence for the operator */
  async fixtures(): Promise<Omit<Fixtures, 'claimTokens'>> {
    const names = ['rs1', 'rs2', 'c1', 'c2'] as const;
    const [rs1, rs2, c1, c2] = await Promise.all(names.map((name) => this.client(name)));
    if (rs1 === undefined || rs2 === undefined || c1 === undefined || c2 === undefined) throw new Error('No clients.');
    const [a1, a2, carols, empty, brief, plainToken, bobHere] = await Promise.all([
      this.pat('a1', 'alice', rs1),
      this.pat('a2', 'alice', rs2),
      this.pat('c1', 'carol', rs1),
      this.pat('empty', 'carol', rs2),
      this.brief(),
      this.plainToken(rs1),
      this.bobHere(c1),
    ]);
    return {
      clients: { rs1, rs2, c1, c2 },
      pats: { a1, a2, c1: carols, empty },
      ...(brief !== undefined && { brief }),
      ...(plainToken !== undefined && { plainToken }),
      ...(bobHere !== undefined && { bobHere }),
    };
  }

  /** Claim tokens by the suite's own identity provider, which the clients have registered. */
  ownProviderTokens(): ClaimTokens {
    return new OwnProviderClaimTokens(this.providers.own, this.providers.stranger);
  }

  /** Claim tokens by signing in; `undefined` when nobody can. Carol plays the one who gets nothing. */
  async signInTokens(): Promise<ClaimTokens | undefined> {
    const { bob, carol } = this.target.accounts ?? {};
    if (bob === undefined || carol === undefined) return undefined;
    const kept = new Map<string, Promise<string>>();
    const signIn: SignInAtServer = (person, client) => {
      const key = `${person} ${client.id}`;
      const token = kept.get(key) ?? this.idToken(person === 'bob' ? bob : carol, client);
      kept.set(key, token);
      return token;
    };
    return SignInClaimTokens.begin(signIn, await this.client('c1'), this.providers.stranger);
  }

  /** An access token of a person for a client that is a resource server. */
  async accessToken(account: Account, client: Client, scope: string): Promise<string> {
    const signIn = { client, redirectUri: RESOURCE_SERVER_CALLBACK, account, scope };
    return tokenOf(await codeFlow(this.protocol, signIn), 'access_token');
  }

  client(name: keyof ReturnType<StandardSetup['registrations']>): Promise<Client> {
    const known = this.clients.get(name) ?? this.findOrRegister(name);
    this.clients.set(name, known);
    return known;
  }

  account(name: 'alice' | 'bob' | 'carol'): Account {
    const account = this.target.accounts?.[name];
    if (account === undefined) throw new Error(`The target has no account of ${name}.`);
    return account;
  }

  private async findOrRegister(name: keyof ReturnType<StandardSetup['registrations']>): Promise<Client> {
    const given = this.target.clients?.[name];
    if (given !== undefined) return given;
    const { registrationToken } = this.target;
    if (registrationToken === undefined)
      throw new Error(`The target has neither a client ${name} nor a registrationToken.`);
    const answer = await this.protocol.registerClient(registrationToken, this.registrations()[name]);
    const [id, secret] = [member(answer, 'client_id'), member(answer, 'client_secret')];
    if (answer.status === 201 && typeof id === 'string' && typeof secret === 'string') return { id, secret };
    throw new Error(`The client ${name} could not be registered: ${inWords(answer)}.`);
  }

  private registrations() {
    const resourceServer = {
      redirect_uris: [RESOURCE_SERVER_CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    };
    const client = {
      redirect_uris: [CLIENT_CALLBACK],
      grant_types: ['authorization_code', 'refresh_token', UMA_GRANT],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      claim_token_issuers: [this.providers.own.issuer],
    };
    return {
      rs1: { ...resourceServer, client_name: 'Conformance RS 1', resource: RS1 },
      rs2: { ...resourceServer, client_name: 'Conformance RS 2', resource: RS2 },
      brief: {
        ...resourceServer,
        client_name: 'Conformance RS with short lifetimes',
        resource: `${RS1}/brief`,
        uma_ticket_lifetime: BRIEF_TICKET_SECONDS,
        uma_rpt_lifetime: BRIEF_RPT_SECONDS,
      },
      c1: {
        ...client,
        client_name: 'Conformance client 1',
        scope: 'openid profile email offline_access heart-rate:read heart-rate:download',
        claims_redirect_uris: [CLAIMS_CALLBACK, CLAIMS_CALLBACK_WITH_QUERY],
      },
      c2: {
        ...client,
        client_name: 'Conformance client 2',
        scope: 'openid profile email offline_access heart-rate:read heart-rate:download',
        claims_redirect_uris: [CLAIMS_CALLBACK],
      },
    };
  }

  private async pat(name: 'a1' | 'a2' | 'c1' | 'empty', owner: 'alice' | 'carol', client: Client): Promise<string> {
    return this.target.pats?.[name] ?? (await this.accessToken(this.account(owner), client, 'openid uma_protection'));
  }

  private async plainToken(client: Client): Promise<string | undefined> {
    const { plainToken, accounts } = this.target;
    if (plainToken !== undefined || accounts?.alice === undefined) return plainToken;
    return this.accessToken(accounts.alice, client, 'openid');
  }

  private async brief(): Promise<Fixtures['brief']> {
    const canBe = this.target.registrationToken !== undefined || this.target.clients?.brief !== undefined;
    if (!canBe || this.target.accounts?.alice === undefined) return undefined;
    const pat = await this.accessToken(this.account('alice'), await this.client('brief'), 'openid uma_protection');
    return { pat, ticketSeconds: BRIEF_TICKET_SECONDS, rptSeconds: BRIEF_RPT_SECONDS };
  }

  private async bobHere(client: Client): Promise<Fixtures['bobHere']> {
    const bob = this.target.accounts?.bob;
    if (bob === undefined) return undefined;
    const { iss = '', sub = '', email, name } = decodeJwt(await this.idToken(bob, client));
    const identity = { issuer: iss, subject: sub, email: String(email), name: String(name) };
    return { username: bob.username, password: bob.password, identity };
  }

  private async idToken(account: Account, client: Client): Promise<string> {
    const signIn = { client, redirectUri: CLIENT_CALLBACK, account, scope: 'openid profile email' };
    return tokenOf(await codeFlow(this.protocol, signIn), 'id_token');
  }
}
