import type { OperationObject, SchemaObject } from '@nestjs/swagger';

import { ID_TOKEN_CLAIM_FORMATS, UMA_TICKET_GRANT_TYPE } from '../../../uma/protocol/constants.js';
import { DEVICE_GRANT_TYPE } from '../device/device-grant-type.js';
import { formOf, jsonOf, objectOf, PROVIDER_TAG, refusalOf } from './api-parts.js';

const CLAIM_TOKEN_FORMATS = [...ID_TOKEN_CLAIM_FORMATS, 'urn:ietf:params:oauth:token-type:jwt'];
const SCOPE = 'Scopes, separated by spaces.';
const grant = (type: string): SchemaObject => ({ type: 'string', enum: [type] });

const TICKET_GRANT = objectOf(
  'A permission ticket (UMA)',
  {
    grant_type: grant(UMA_TICKET_GRANT_TYPE),
    ticket: 'The permission ticket of the resource server, or the one that came with the refusal before.',
  },
  {
    claim_token: 'Claims of the requesting party: an ID token, or a claims JWT that is made for this server.',
    claim_token_format: { type: 'string', enum: [...CLAIM_TOKEN_FORMATS], description: 'Goes with `claim_token`.' },
    scope: `More scopes than the ticket asks for; the client is registered for them. ${SCOPE}`,
    resource: 'Identifier of the resource server that the ticket is of (RFC 8707).',
    pct: 'The persisted claims token that came with the last success.',
    rpt: 'An earlier RPT, whose permissions are to be added.',
  },
);

const CODE_GRANT = objectOf('An authorization code', {
  grant_type: grant('authorization_code'),
  code: 'The code that came back to `redirect_uri`.',
  redirect_uri: 'The same as in the authorization request.',
  code_verifier: 'The secret behind `code_challenge` (PKCE).',
});

const REFRESH_GRANT = objectOf(
  'A refresh token',
  { grant_type: grant('refresh_token'), refresh_token: 'The newest one: those before end when it is used.' },
  { scope: `What to narrow the new token to. ${SCOPE}` },
);

const CLIENT_GRANT = objectOf('The client itself', { grant_type: grant('client_credentials') }, { scope: SCOPE });

const DEVICE_GRANT = objectOf('A device code', {
  grant_type: grant(DEVICE_GRANT_TYPE),
  device_code:
    'The code of the device. Until its person has answered, `authorization_pending` says to ask again later.',
});

const TOKENS = objectOf(
  'Tokens',
  {
    access_token: 'A requesting party token (RPT) when a ticket was redeemed.',
    token_type: { type: 'string', enum: ['Bearer', 'DPoP'] },
    expires_in: { type: 'integer', description: 'Seconds.' },
  },
  {
    scope: 'What was granted; not with an RPT.',
    refresh_token: 'For the next access token.',
    id_token: 'Who signed in, signed with a key of `/jwks`.',
    pct: 'With an RPT: for the next ticket, when the requesting party wants to be remembered.',
    upgraded: { type: 'boolean', description: 'Whether the RPT has the permissions of the earlier one, too.' },
    resource: { type: 'array', items: { type: 'string' }, description: 'Where the RPT is good.' },
  },
);

const NOT_GRANTED = objectOf(
  'Why no RPT is given',
  {
    error: { type: 'string', enum: ['need_info', 'request_submitted', 'request_denied'] },
    error_description: 'A sentence for the developer of the client.',
  },
  {
    ticket: 'With `need_info` and `request_submitted`: the ticket of the next attempt.',
    interval: { type: 'integer', description: 'With `request_submitted`: seconds to wait before it.' },
    redirect_user: 'With `need_info`: where the requesting party can tell it in person.',
    required_claims: { type: 'array', items: { type: 'object' }, description: 'With `need_info`: what is missing.' },
  },
);

/** The token endpoint. @see RFC 6749 section 3.2, UMA 2.0 Grant section 3.3 */
export const TOKEN: OperationObject = {
  tags: [PROVIDER_TAG],
  operationId: 'token',
  summary: 'Tokens for a permission ticket, a code, a device, a refresh token, or for the client itself.',
  security: [{ client: [] }, {}],
  requestBody: formOf({ oneOf: [TICKET_GRANT, CODE_GRANT, DEVICE_GRANT, REFRESH_GRANT, CLIENT_GRANT] }),
  responses: {
    200: jsonOf('The tokens.', TOKENS),
    401: refusalOf('The client is not who it says: `invalid_client`.'),
    403: jsonOf('The requesting party gets no access, or has to tell more first.', NOT_GRANTED),
  },
};
