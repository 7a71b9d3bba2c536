import type { Answer } from '../http/answer.js';
import type { Identity } from '../identity/identity.js';
import type { ClaimTokens } from '../world/claim-tokens.js';
import type { Account, Client } from '../world/client.js';
import type { Protocol } from '../world/protocol.js';

/** The resource owners of the fixtures. */
export type Owner = 'alice' | 'carol';

/** A resource that the suite registered. */
export interface Resource {
  /** `_id` of the registration. */
  readonly id: string;
  readonly owner: Owner;
  /** The PAT it was registered with. */
  readonly pat: string;
}

/** A claim that the owner demands, by value and by who vouches for it. */
export interface WantedClaim {
  readonly name: string;
  readonly value: string;
  readonly issuer: string;
}

/** What an owner allowed, so that they can think better of it. */
export interface Share {
  withdraw(): Promise<void>;
}

/** How an owner answers those who ask for access. */
export interface OwnerAnswer {
  /** @param scopes the part that is approved; all that was asked for when left out */
  approve(scopes?: readonly string[]): Promise<void>;
  refuse(): Promise<void>;
}

/**
 * Sets what a resource's owner wants. Every method throws Skipped, with the reason, when the server under test has no
 * such thing.
 */
export interface PolicyDriver {
  /** Lets a person have scopes of a resource. @param expiresInSeconds until when; for good when left out */
  permit(resource: Resource, person: Identity, scopes: readonly string[], expiresInSeconds?: number): Promise<Share>;
  /** Lets whoever proves a claim have scopes of a resource. */
  needsClaim(resource: Resource, claim: WantedClaim, scopes: readonly string[]): Promise<Share>;
  /** Has the owner decide each request for a resource. */
  ownerApproval(resource: Resource): Promise<OwnerAnswer>;
  /** Makes sure that a person is refused for good, and that nobody is asked about it. */
  deny(resource: Resource, person: Identity): Promise<void>;
}

/** Everything that is there before the first case. */
export interface Fixtures {
  readonly clients: Readonly<Record<'rs1' | 'rs2' | 'c1' | 'c2', Client>>;
  /** PATs: of alice at rs1 and rs2, of carol at rs1, and of somebody who registers nothing. */
  readonly pats: Readonly<Record<'a1' | 'a2' | 'c1' | 'empty', string>>;
  /** A PAT of alice at a resource server that registered short lifetimes; missing when the server has none. */
  readonly brief?: { readonly pat: string; readonly ticketSeconds: number; readonly rptSeconds: number };
  /** An access token without the scope `uma_protection`. */
  readonly plainToken?: string;
  readonly claimTokens: ClaimTokens;
  /** Bob as somebody who can sign in at the server under test, for the claims interaction endpoint. */
  readonly bobHere?: Account & { readonly identity: Identity };
}

/** What the suite has to know of a server beyond the standard. */
export interface Driver {
  readonly name: string;
  /** Makes what must be there before the server's metadata can be read. */
  prepare?(): Promise<void>;
  /** Makes or finds clients, people and their tokens. @throws Error in a sentence for the operator */
  setUp(protocol: Protocol): Promise<Fixtures>;
  readonly policy: PolicyDriver;
  /** How many cases may run side by side. */
  readonly sideBySide: number;
  /** Whether a single permission has to be sent as an array too; T12 sends it as the standard has it. */
  readonly permissionsAsArray?: boolean;
  /**
   * Introspection in the server's own way, where it is not that of the standard. It is used by cases that are about
   * something else; those about introspection itself (T38, T39) use the standard's way.
   */
  introspect?(protocol: Protocol, rpt: string): Promise<Answer>;
  /** Ends what the driver began. */
  close(): Promise<void>;
}
