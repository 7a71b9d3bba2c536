import type { OperationObject, SchemaObject } from '@nestjs/swagger';

import { jsonOf, objectOf, PROVIDER_TAG, refusalOf } from './api-parts.js';

const list = (description: string): SchemaObject => ({ type: 'array', items: { type: 'string' }, description });
const seconds = (description: string): SchemaObject => ({ type: 'integer', minimum: 1, description });
const flag = (description: string): SchemaObject => ({ type: 'boolean', description });

const METADATA = {
  client_name: 'What people are told who asks.',
  redirect_uris: list('Where codes may go.'),
  grant_types: list('Grants that it uses.'),
  scope: 'Scopes that it may ask for, separated by spaces; those of resources too.',
  token_endpoint_auth_method: 'How it authenticates: `client_secret_basic` unless it says otherwise.',
  post_logout_redirect_uris: list('Where people may go who signed out.'),
  resource: 'Of a resource server: its identifier, an absolute URI (RFC 8707).',
  uma_scopes: list('Scopes of resources that it may ask for.'),
  uma_ticket_lifetime: seconds('Of a resource server: how long its permission tickets last, in seconds.'),
  uma_rpt_lifetime: seconds('Of a resource server: how long the RPTs for it last, in seconds.'),
  claims_redirect_uris: list('Where people may come back to from the claims interaction endpoint.'),
  claim_token_issuers: list(
    'Issuers whose claim tokens it may push, beside those that are accepted from every client.',
  ),
  require_resource: flag(
    'Of a resource server: whether clients have to name it by `resource` when they ask for a token.',
  ),
  rpt_format: {
    type: 'string',
    enum: ['opaque', 'jwt'],
    description: 'Of a resource server: how the RPTs for it are written.',
  },
  require_pushed_authorization_requests: flag('Whether its authorization requests have to be pushed (RFC 9126).'),
  dpop_bound_access_tokens: flag('Whether its tokens have to be bound to a key (RFC 9449).'),
};

const REGISTERED = objectOf(
  'A registered client',
  { client_id: 'Its id.' },
  {
    client_secret: 'Its secret.',
    registration_access_token: 'Reads this registration.',
    registration_client_uri: 'Where this registration is read.',
    ...METADATA,
  },
);

/** Registers a client. @see RFC 7591 */
export const REGISTRATION: OperationObject = {
  tags: [PROVIDER_TAG],
  operationId: 'register',
  summary: 'Registers a client (RFC 7591).',
  security: [{ initialAccess: [] }],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: objectOf('Client metadata', {}, METADATA) } },
  },
  responses: {
    201: jsonOf('The client, with its id and secret.', REGISTERED),
    401: refusalOf('The initial access token is missing, or not good.'),
  },
};

/** Reads a registration. @see RFC 7592 section 2.1 */
export const REGISTRATIONS: OperationObject = {
  tags: [PROVIDER_TAG],
  operationId: 'registration',
  summary: 'Gives a client its registration.',
  security: [{ registrationAccess: [] }],
  responses: {
    200: jsonOf('The client.', REGISTERED),
    401: refusalOf('The registration access token is missing, or not good.'),
  },
};
