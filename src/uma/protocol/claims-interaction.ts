import { equalInConstantTime } from '../../common/digest.js';

/** What sends a requesting party to the claims interaction endpoint. @see UMA 2.0 Grant section 3.3.2 */
export interface ClaimsInteractionRequest {
  readonly clientId: string;
  /** The most recent permission ticket: presenting it here uses it up. */
  readonly ticket: string;
  readonly claimsRedirectUri: string;
  /** Unguessable, and tied to the browser that is sent. */
  readonly state: string;
}

/**
 * Where to send the requesting party. The endpoint's own query stays, byte for byte, but for our parameters: some servers
 * put them there themselves.
 *
 * @param endpoint an absolute URL: `redirect_user`, or `claims_interaction_endpoint` of the metadata
 */
export function claimsInteractionUrl(endpoint: string, request: ClaimsInteractionRequest): string {
  const parameters = new URLSearchParams({
    client_id: request.clientId,
    ticket: request.ticket,
    claims_redirect_uri: request.claimsRedirectUri,
    state: request.state,
  });
  const url = new URL(endpoint);
  const own = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && ![...new URLSearchParams(part).keys()].some((name) => parameters.has(name)));
  url.search = [...own, parameters.toString()].join('&');
  url.hash = '';
  return url.href;
}

/** What the answer of a claims interaction must fit to. */
export interface ClaimsInteractionSent {
  /** Issuer of the authorization server that the person was sent to. */
  readonly issuer: string;
  /** Whether it always names itself in its answers (`authorization_response_iss_parameter_supported`). */
  readonly returnsIssuer: boolean;
  /** The permission ticket that was sent. */
  readonly ticket: string;
}

/** What a requesting party brought back. */
export type ClaimsInteractionAnswer =
  /** The person has done their part; whether that is enough, the token endpoint says. */
  | { readonly kind: 'ticket'; readonly ticket: string }
  /** The interaction ended without: a code of RFC 6749 section 4.1.2.1, `access_denied` when the person said no. */
  | { readonly kind: 'error'; readonly error: string }
  /** It is not an answer to what was asked: nothing of it may be used. */
  | { readonly kind: 'invalid'; readonly reason: ClaimsAnswerFault };

/** Why an answer must not be used. */
export type ClaimsAnswerFault =
  | 'repeated-parameter'
  /** It names another authorization server, or none although that one always does. @see RFC 9207 section 2.4 */
  | 'wrong-issuer'
  | 'no-ticket'
  /** @see UMA 2.0 Grant section 5.5 */
  | 'ticket-not-replaced';

const UNDERSTOOD = ['state', 'iss', 'error', 'ticket'];

/** The `state` that came back, to find what was sent; `undefined` when there is none, or more than one. */
export function returnedState(query: URLSearchParams): string | undefined {
  const [state, ...more] = query.getAll('state');
  return more.length > 0 || state === '' ? undefined : state;
}

/**
 * Reads what came back from a claims interaction, after its `state` was found to be this browser's. Parameters that are
 * not known are ignored.
 *
 * @see UMA 2.0 Grant section 3.3.3, RFC 9207 section 2.4
 */
export function readClaimsInteractionAnswer(
  query: URLSearchParams,
  sent: ClaimsInteractionSent,
): ClaimsInteractionAnswer {
  if (UNDERSTOOD.some((name) => query.getAll(name).length > 1)) return invalid('repeated-parameter');
  const [issuer, error, ticket] = [query.get('iss'), query.get('error'), query.get('ticket')];
  if (issuer === null ? sent.returnsIssuer : issuer !== sent.issuer) return invalid('wrong-issuer');
  if (error !== null) return { kind: 'error', error };
  if (ticket === null || ticket === '') return invalid('no-ticket');
  return equalInConstantTime(ticket, sent.ticket) ? invalid('ticket-not-replaced') : { kind: 'ticket', ticket };
}

const invalid = (reason: ClaimsAnswerFault): ClaimsInteractionAnswer => ({ kind: 'invalid', reason });
