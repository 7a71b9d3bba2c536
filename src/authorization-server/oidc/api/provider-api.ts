import type { ComponentsObject, OperationObject, PathsObject } from '@nestjs/swagger';

import { ENDPOINTS } from '../../endpoints.js';
import { METADATA } from '../provider/provider.middleware.js';
import { type Fields, formOf, jsonOf, objectOf, PROVIDER_TAG, queryOf, refusalOf } from './api-parts.js';
import { DEVICE_AUTHORIZATION } from './device-api.js';
import { REGISTRATION, REGISTRATIONS } from './registration-api.js';
import { TOKEN } from './token-api.js';

/** What the provider takes to know who calls. */
export const PROVIDER_SCHEMES: NonNullable<ComponentsObject['securitySchemes']> = {
  client: {
    type: 'http',
    scheme: 'basic',
    description: 'Client id and secret. A client may have registered another way, and a public one has no secret.',
  },
  openid: { type: 'http', scheme: 'bearer', description: 'An access token with the scope `openid`.' },
  initialAccess: { type: 'http', scheme: 'bearer', description: 'The setting `REGISTRATION_TOKEN`.' },
  registrationAccess: { type: 'http', scheme: 'bearer', description: 'The token that came with a registration.' },
};

/** An authorization request: what it must say, and what it may. */
const AUTHORIZATION: readonly [Fields, Fields] = [
  {
    client_id: 'Who asks.',
    response_type: { type: 'string', enum: ['code', 'none'] },
    code_challenge: 'The digest of a secret (PKCE).',
    code_challenge_method: { type: 'string', enum: ['S256'] },
  },
  {
    redirect_uri: 'Where to come back to, as it is registered.',
    scope: 'Scopes, separated by spaces: `openid uma_protection offline_access` for a PAT that lasts.',
    state: 'Comes back as it is.',
    nonce: 'Goes into the ID token.',
    prompt: '`login` and `consent` ask again, `none` never asks.',
    login_hint: 'The user name that stands in the form.',
  },
];

const REFERENCE: Fields = {
  request_uri: 'In place of all but `client_id`: the reference that `/par` gave for a pushed request.',
};

const LOGOUT = {
  id_token_hint: 'An ID token of the one who leaves.',
  client_id: 'Which client they come from.',
  post_logout_redirect_uri: 'Where to go afterwards, as it is registered.',
  state: 'Comes back as it is.',
};

const AUTHORIZE: OperationObject = {
  tags: [PROVIDER_TAG],
  summary: 'Signs a person in and asks for consent, when that is needed: an authorization request.',
  responses: { 303: { description: 'To a page of this server, or back to the client.' } },
};

const PUSH: OperationObject = {
  tags: [PROVIDER_TAG],
  operationId: 'pushAuthorizationRequest',
  summary: 'Keeps an authorization request for the browser that is sent with its reference (RFC 9126).',
  security: [{ client: [] }, {}],
  requestBody: formOf(objectOf('Request', ...AUTHORIZATION)),
  responses: {
    201: jsonOf(
      'The request is kept.',
      objectOf('Reference', {
        request_uri: 'The reference: for this client, for one use.',
        expires_in: { type: 'integer', description: 'Seconds.' },
      }),
    ),
    401: refusalOf('The client is not who it says: `invalid_client`.'),
  },
};

const USERINFO: OperationObject = {
  tags: [PROVIDER_TAG],
  summary: 'Tells who the person is that an access token stands for.',
  security: [{ openid: [] }],
  responses: {
    200: jsonOf('Claims of the person.', objectOf('Claims', { sub: 'What this issuer calls the person.' })),
    401: refusalOf('The access token is missing, or not good.'),
  },
};

const REVOKE: OperationObject = {
  tags: [PROVIDER_TAG],
  operationId: 'revoke',
  summary:
    'Ends a token of the client: of any flow, a requesting party token and what renews it, or kept claims (RFC 7009).',
  security: [{ client: [] }, {}],
  requestBody: formOf(
    objectOf(
      'Token',
      { token: 'The access token, refresh token, RPT or PCT.' },
      { token_type_hint: 'Which kind it is.' },
    ),
  ),
  responses: {
    200: { description: 'It is ended, or was none.' },
    401: refusalOf('The client is not who it says: `invalid_client`.'),
  },
};

const JWKS: OperationObject = {
  tags: [PROVIDER_TAG],
  operationId: 'jwks',
  summary: 'Gives the public keys with which ID tokens are checked (RFC 7517).',
  responses: { 200: jsonOf('The keys.', { type: 'object' }) },
};

const SIGN_OUT: OperationObject = {
  tags: [PROVIDER_TAG],
  summary: 'Asks a person whether to sign out.',
  responses: { 200: { description: 'A page.', content: { 'text/html': {} } } },
};

const DISCOVERY: OperationObject = {
  tags: [PROVIDER_TAG],
  summary: 'Tells where the endpoints are and what they can: the metadata of UMA, OAuth and OpenID Connect in one.',
  responses: { 200: jsonOf('The metadata.', objectOf('Metadata', { issuer: 'The issuer.' })) },
};

/**
 * The endpoints of the provider for programs. They are middleware, which the description of an API does not find.
 *
 * @param registers whether clients can register by themselves
 */
export function providerApi(registers: boolean): PathsObject {
  return {
    ...Object.fromEntries(METADATA.map((path) => [path, { get: DISCOVERY }])),
    [ENDPOINTS.authorization]: {
      get: { ...AUTHORIZE, operationId: 'authorize', parameters: queryOf(...authorizationByReference()) },
      post: {
        ...AUTHORIZE,
        operationId: 'authorizeByForm',
        requestBody: formOf(objectOf('Request', ...authorizationByReference())),
      },
    },
    [ENDPOINTS.pushedAuthorization]: { post: PUSH },
    [ENDPOINTS.deviceAuthorization]: { post: DEVICE_AUTHORIZATION },
    [ENDPOINTS.token]: { post: TOKEN },
    [ENDPOINTS.userinfo]: {
      get: { ...USERINFO, operationId: 'userinfo' },
      post: { ...USERINFO, operationId: 'userinfoByPost' },
    },
    [ENDPOINTS.revocation]: { post: REVOKE },
    ...(registers && {
      [ENDPOINTS.registration]: { post: REGISTRATION },
      [`${ENDPOINTS.registration}/{client}`]: { get: REGISTRATIONS },
    }),
    [ENDPOINTS.jwks]: { get: JWKS },
    [ENDPOINTS.endSession]: {
      get: { ...SIGN_OUT, operationId: 'logout', parameters: queryOf({}, LOGOUT) },
      post: { ...SIGN_OUT, operationId: 'logoutByForm', requestBody: formOf(objectOf('Request', {}, LOGOUT)) },
    },
  };
}

/** At the authorization endpoint only the client is always named: the rest may have been pushed. */
function authorizationByReference(): readonly [Fields, Fields] {
  const [{ client_id = '', ...others }, optional] = AUTHORIZATION;
  return [{ client_id }, { ...others, ...optional, ...REFERENCE }];
}
