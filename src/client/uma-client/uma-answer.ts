import type { Response } from 'undici';

import type { Secret } from '../../common/secret.js';
import type { RequiredClaim } from '../../uma/protocol/grant-outcome.js';
import type { AuthorizationProcess } from './authorization-process.js';

/**
 * How an attempt to read a protected resource ended. No answer holds an RPT: an answer may be shown to the requesting
 * party, who must not get hold of it.
 *
 * @see UMA 2.0 Grant sections 3.3.6 and 5.2
 */
export type UmaAnswer =
  | Answered
  | NeedInfo
  | Submitted
  /** The authorization server's final no. */
  | Denied
  /** The authorization server refuses for another reason; `error` is its code, such as `invalid_target`. */
  | { readonly kind: 'refused'; readonly authorizationServer: string; readonly error: string }
  /** The resource server does not accept the RPT that the authorization server has just issued for it. */
  | { readonly kind: 'rpt-refused'; readonly authorizationServer: string }
  /** No RPT can be had now; the resource server reports it when it can get no permission ticket. */
  | (Named & { readonly kind: 'authorization-server-unreachable'; readonly reportedBy: 'client' | 'resource-server' })
  | { readonly kind: 'resource-server-unreachable' }
  /** A server is not one of those the client was told to trust. Nothing secret was sent to it; `reason` is a sentence. */
  | (Named & {
      readonly kind: 'untrusted';
      readonly server: 'resource-server' | 'authorization-server';
      readonly reason: string;
    })
  | (Named & { readonly kind: 'protocol-violation'; readonly violation: ProtocolViolation });

interface Named {
  /** Issuer of the authorization server, as the resource server named it; absent when the flow never got to one. */
  readonly authorizationServer?: string;
}

/** The resource server answered, with the resource or with an HTTP error of its own; the body is still to be read. */
export interface Answered {
  readonly kind: 'answered';
  readonly response: Response;
  /** What the access rested on; absent when no RPT was needed. */
  readonly authorization?: Authorization;
}

/** The facts of an RPT, without the RPT. */
export interface Authorization {
  /** Issuer of the authorization server that issued it. */
  readonly authorizationServer: string;
  /** Seconds since the Unix epoch; absent when the authorization server did not say. */
  readonly expiresAt?: number;
  /** Whether it was issued for this very call, rather than kept from an earlier one. */
  readonly fresh: boolean;
}

/** How going on with an authorization process ended: with an RPT, which the next read uses, or as an attempt to read. */
export type Resumed =
  Exclude<UmaAnswer, Answered> | { readonly kind: 'granted'; readonly authorization: Authorization };

/** The authorization server wants to know more about the requesting party. @see UMA 2.0 Grant section 3.3.6 */
export interface NeedInfo extends AuthorizationProcess {
  readonly kind: 'need-info';
  readonly claims: readonly RequiredClaim[];
  /** Where the requesting party can give the claims in person, with the query it came with. */
  readonly redirectUser?: string;
  /** Whether the authorization server names itself (`iss`) when it sends the person back. @see RFC 9207 section 3 */
  readonly returnsIssuer: boolean;
}

/** How an authorization server asks its owners, as far as it says. */
export interface Asking {
  /** Whether what a person asks for besides joins what the owner is asked already, as at our own server. */
  readonly asksOnce?: true;
}

/** Nothing of it is shared. @see UMA 2.0 Grant section 3.3.6 (`request_denied`) */
export interface Denied extends Asking {
  readonly kind: 'denied';
  readonly authorizationServer: string;
}

/** The resource owner was asked and has to agree first. @see UMA 2.0 Grant section 3.3.6 */
export interface Submitted extends Omit<AuthorizationProcess, 'ticket'>, Asking {
  readonly kind: 'submitted';
  /** The permission ticket to ask again with, where the authorization server gave one. */
  readonly ticket?: Secret;
  /** Seconds to wait before asking again. */
  readonly intervalSeconds?: number;
}

/** What a server did that the protocol forbids, or that would let a secret out. */
export type ProtocolViolation =
  /** A redirect to another origin, which was not followed. */
  | 'cross-origin-redirect'
  | 'too-many-redirects'
  /** The authorization server is there, but has no UMA metadata. */
  | 'no-metadata'
  /** The authorization server returned the permission ticket that it was sent. @see UMA 2.0 Grant section 5.5 */
  | 'ticket-not-replaced'
  /** The RPT is not a bearer token, or cannot stand in a header. */
  | 'unusable-token'
  /** The RPT is meant for another resource server than the one called. @see RFC 8707 section 2 */
  | 'resource-mismatch';
