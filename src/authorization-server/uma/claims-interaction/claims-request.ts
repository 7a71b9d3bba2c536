import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';

/** A request to the claims interaction endpoint whose client and way back are certain. */
export interface ClaimsRequest {
  readonly client: RegisteredClient;
  /** Where the requesting party goes back to. */
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly ticket: string | undefined;
}

/** Why a requesting party is not sent anywhere: nobody knows who would be waiting there. */
export class NoWayBackError extends Error {
  override readonly name = 'NoWayBackError';
}

const PARAMETERS = ['client_id', 'ticket', 'claims_redirect_uri', 'state'] as const;

/**
 * Reads a request to the claims interaction endpoint.
 *
 * @param find a registered client by its id
 * @throws NoWayBackError when the client is unknown, or when the requesting party could be sent to a place that the client
 * did not register for this
 * @see UMA 2.0 Grant sections 3.3.2 and 3.3.3
 */
export async function readClaimsRequest(
  query: URLSearchParams,
  find: (clientId: string) => Promise<RegisteredClient | undefined>,
): Promise<ClaimsRequest> {
  if (PARAMETERS.some((name) => query.getAll(name).length > 1)) throw new NoWayBackError('A parameter is repeated.');
  const client = await find(query.get('client_id') ?? '');
  if (client === undefined) throw new NoWayBackError('There is no such client.');
  return {
    client,
    redirectUri: redirectUriOf(client, query.get('claims_redirect_uri')),
    state: query.get('state') ?? undefined,
    ticket: query.get('ticket') ?? undefined,
  };
}

/** The comparison is that of plain strings. @see RFC 3986 section 6.2.1 */
function redirectUriOf({ claimsRedirectUris }: RegisteredClient, asked: string | null): string {
  const [only, ...others] = claimsRedirectUris;
  if (asked === null && only !== undefined && others.length === 0) return only;
  if (asked === null || !claimsRedirectUris.includes(asked)) {
    throw new NoWayBackError('The client has not registered this claims_redirect_uri.');
  }
  return asked;
}

/**
 * The address that takes a requesting party back to the client. What the address had in its query stays.
 *
 * @see UMA 2.0 Grant section 3.3.3, RFC 9207 (`iss`)
 */
export function wayBack(
  { redirectUri, state }: Pick<ClaimsRequest, 'redirectUri' | 'state'>,
  answer: { readonly iss: string } & ({ readonly ticket: string } | { readonly error: string }),
): string {
  const parameters = new URLSearchParams({ ...answer, ...(state === undefined ? {} : { state }) });
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters.toString()}`;
}
