import type { fetch } from 'undici';

import type { Clock } from '../../common/clock.js';
import type { Secret } from '../../common/secret.js';
import type { AuthorizationServerProfile } from '../../uma/protocol/authorization-server-profile.js';
import type { PctStore } from './pct-store.js';
import type { RptStore } from './rpt-store.js';

/** What a `UmaClient` works with. */
export interface UmaClientOptions {
  /** As the authorization servers know this client; any text, a Gluu iNum included. */
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Which authorization servers (issuers) each resource server (origin) may send the client to; all others are refused. */
  readonly trusted: ReadonlyMap<string, readonly string[]>;
  /** The identifier of a resource server, by origin, where it is not the origin itself. @see RFC 8707 section 2 */
  readonly resourceIdentifiers?: ReadonlyMap<string, string>;
  /** How authorization servers differ from the standard, by issuer; in nothing, where there is no entry. */
  readonly profiles?: ReadonlyMap<string, AuthorizationServerProfile>;
  /** Host names in a network of one's own that may be called by plain http; loopback always may. */
  readonly privateHosts?: readonly string[];
  /** Where RPTs are kept between calls. */
  readonly store: RptStore;
  /** Where PCTs are kept between calls; without it none is kept. */
  readonly pcts?: PctStore;
  readonly clock: Clock;
  /** Sends every request; undici's by default. */
  readonly fetch?: typeof fetch;
  /** How long an authorization server may take to answer, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number;
  /**
   * How long a resource server may take to answer, in milliseconds; 12,000 by default. It has to be longer than the
   * resource server waits for its authorization server, or the client never hears that that one is away.
   */
  readonly resourceTimeoutMs?: number;
  /** Told of every request after it has ended, in order. It gets no secret. */
  readonly onStep?: (step: UmaStep) => void;
}

/** The person for whom the client asks. @see UMA 2.0 Grant section 1.2 (requesting party) */
export interface RequestingParty {
  /** Who vouches for the person. */
  readonly issuer: string;
  /** The person's `sub` there. */
  readonly subject: string;
  /** An ID token that is still valid for a while; `undefined` when there is none to give. */
  idToken(): Promise<Secret | undefined>;
  /** What else can be said about the person to an authorization server that asks for it. */
  readonly claimTokens?: readonly ClaimTokenSource[];
}

/** A claim token that may be pushed. @see UMA 2.0 Grant section 3.3.1 (`claim_token`) */
export interface ClaimTokenSource {
  /** Who issues it. */
  readonly issuer: string;
  /** Every spelling of its format, the one we prefer first. */
  readonly formats: readonly string[];
  /** The token, as its format wants it sent; `undefined` when there is none to give. */
  token(): Promise<Secret | undefined>;
}

/** What is sent to the resource server, more than once if need be: the body is not a stream. */
export interface ResourceRequest {
  /** `GET` by default. */
  readonly method?: string;
  /** `Authorization` is left out: it is the client's to set. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * The path at and below which the resource server's addresses belong to one resource: an RPT got for one of them is
   * tried at all. The path of the URL itself by default.
   */
  readonly resourcePath?: string;
  /** Ends the call early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** One request of a flow, as it may be shown. */
export interface UmaStep {
  readonly what: 'resource' | 'discovery' | 'token' | 'revocation';
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  readonly durationMs: number;
  /** Why the request failed, for the operator. */
  readonly error?: unknown;
}
