import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import {
  basic,
  bearer,
  FORM,
  formBody,
  JSON_BODY,
  type Operation,
  type Step,
  type Values,
} from '../measure/operation.js';
import { CONNECTIONS } from '../measure/load.js';
import { type AuthorizationServer, CALLBACK } from './authorization-server.js';
import { setUp, text } from './http.js';
import { SCOPE, type SharedResource } from './shared-resource.js';

/** Where a resource is protected. */
type Place = Pick<SharedResource, 'pat' | 'resourceId'>;

/** A permission ticket for the shared resource. @see UMA 2.0 Federated Authorization section 4 */
export function ticketStep({ pat, resourceId }: Place): Step {
  return {
    method: 'POST',
    path: '/uma/permission',
    headers: { ...bearer(pat), ...JSON_BODY },
    body: JSON.stringify({ resource_id: resourceId, resource_scopes: [SCOPE] }),
    status: 201,
    keep: ['ticket'],
  };
}

/** A requesting party token for the ticket of the step before. @see UMA 2.0 Grant section 3.3.1 */
function redeemStep({ client }: AuthorizationServer, parameters: Values, keep: readonly string[]): Step {
  return {
    method: 'POST',
    path: '/token',
    headers: { ...basic(client), ...FORM },
    body: formBody({ grant_type: UMA_TICKET_GRANT_TYPE, ticket: '{ticket}', ...parameters }),
    status: 200,
    keep,
  };
}

/** The whole grant, given to whom the ID token of each row proves to be Bob. */
export function grantOperation(server: AuthorizationServer, place: Place, rows: readonly Values[]): Operation {
  const claim = { claim_token: '{id_token}', claim_token_format: ID_TOKEN_CLAIM_FORMAT };
  return { origin: server.issuer, rows, steps: [ticketStep(place), redeemStep(server, claim, [])] };
}

/** The same for the shared resource, each connection with an ID token of its own. */
export async function grantByIdToken(server: AuthorizationServer, shared: SharedResource): Promise<Operation> {
  const idToken = async () => text(await shared.bob.tokens(server.client, 'openid'), 'id_token');
  return grantOperation(server, shared, await rowsOf(async () => ({ id_token: await idToken() })));
}

/** The whole grant, given to whom a persisted claims token (PCT) stands for; each grant gives the next one. */
export async function grantByPct(server: AuthorizationServer, shared: SharedResource): Promise<Operation> {
  const rows = await rowsOf(async () => ({ pct: await firstPct(server, shared) }));
  return { origin: server.issuer, rows, steps: [ticketStep(shared), redeemStep(server, { pct: '{pct}' }, ['pct'])] };
}

/** Bob says on the claims page who he is, and that it may be remembered. @see UMA 2.0 Grant section 3.3.2 */
async function firstPct(server: AuthorizationServer, { pat, resourceId, bob }: SharedResource): Promise<string> {
  const { issuer, client } = server;
  const json = { resource_id: resourceId, resource_scopes: [SCOPE] };
  const ticket = text(await setUp('POST', `${issuer}/uma/permission`, { bearer: pat, json }), 'ticket');
  const query = new URLSearchParams({ client_id: client.id, claims_redirect_uri: CALLBACK, ticket, state: 'state' });
  await bob.browser.get(`${issuer}/uma/claims?${query.toString()}`);
  await bob.passPages();
  const { query: back } = await bob.browser.submit({ remember: 'yes' }, { button: 'Continue' });
  const form = { grant_type: UMA_TICKET_GRANT_TYPE, ticket: back['ticket'] ?? '' };
  return text(await setUp('POST', `${issuer}/token`, { basic: client, form }), 'pct');
}

/** A permission ticket alone. */
export function permissionRequest({ issuer }: AuthorizationServer, shared: SharedResource): Operation {
  return { origin: issuer, steps: [ticketStep(shared)], rows: NO_VALUES };
}

/** What the live requesting party token of each row is good for. @see UMA 2.0 Federated Authorization section 5 */
export function introspectionOperation(
  { issuer }: AuthorizationServer,
  pat: string,
  rows: readonly Values[],
): Operation {
  const headers = { ...bearer(pat), ...FORM };
  const body = formBody({ token: '{rpt}' });
  const expect = '"active":true';
  return { origin: issuer, rows, steps: [{ method: 'POST', path: '/introspect', headers, body, status: 200, expect }] };
}

/** The same for the shared resource, each connection with a token of its own. */
export async function introspection(server: AuthorizationServer, shared: SharedResource): Promise<Operation> {
  const rows = await rowsOf(async () => ({ rpt: await rpt(server, shared) }));
  return introspectionOperation(server, shared.pat, rows);
}

async function rpt({ issuer, client }: AuthorizationServer, { pat, resourceId, bob }: SharedResource): Promise<string> {
  const json = { resource_id: resourceId, resource_scopes: [SCOPE] };
  const ticket = text(await setUp('POST', `${issuer}/uma/permission`, { bearer: pat, json }), 'ticket');
  const claim_token = text(await bob.tokens(client, 'openid'), 'id_token');
  const form = { grant_type: UMA_TICKET_GRANT_TYPE, ticket, claim_token, claim_token_format: ID_TOKEN_CLAIM_FORMAT };
  return text(await setUp('POST', `${issuer}/token`, { basic: client, form }), 'access_token');
}

/** Rows of an operation whose requests are always the same. */
export const NO_VALUES: readonly Values[] = Array.from({ length: CONNECTIONS }, () => ({}));

/** As many rows as there are connections, so that each has tokens of its own. */
export async function rowsOf(make: () => Promise<Values>): Promise<readonly Values[]> {
  const rows: Values[] = [];
  while (rows.length < CONNECTIONS) rows.push(await make());
  return rows;
}
