import { inspect } from 'node:util';

import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';

import { UmaError } from '../uma/protocol/uma-error.js';
import { openIdFailure } from './openid-failure.js';

const coded = (code: string) => Object.assign(new Error('token-1'), { code });
const sentBack = (error: string) =>
  new AuthorizationResponseError('refused', { cause: new URLSearchParams({ error, error_description: 'token-1' }) });

const tooMany = () =>
  new ResponseBodyError('refused', {
    cause: { error: 'slow_down', error_description: 'token-1' },
    response: new Response(null, { status: 429 }),
  });

describe('openIdFailure', () => {
  it.each([
    ['a time limit that passed', coded('OAUTH_TIMEOUT'), 'temporarily_unavailable'],
    ['an answer that is no JSON', coded('OAUTH_RESPONSE_IS_NOT_JSON'), 'temporarily_unavailable'],
    ['a connection that failed', new TypeError('fetch failed'), 'temporarily_unavailable'],
    ['a server that has too much to do', tooMany(), 'temporarily_unavailable'],
    ['an ID token that does not fit', coded('OAUTH_JWT_CLAIM_COMPARISON_FAILED'), 'server_error'],
    ['anything else', new Error('token-1'), 'server_error'],
    ['something that is no error', 'token-1', 'server_error'],
    ['a person who says no', sentBack('access_denied'), 'access_denied'],
    ['an authorization server in trouble', sentBack('server_error'), 'temporarily_unavailable'],
    ['a request that was wrong', sentBack('invalid_scope'), 'invalid_request'],
  ])('calls %s what it is, and repeats nothing of it', (_what, error, code) => {
    const failure = openIdFailure(error);
    expect(failure.code).toBe(code);
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('token-1');
  });

  it('leaves our own errors as they are', () => {
    const error = new UmaError('login_required', 'Sign in again.');
    expect(openIdFailure(error)).toBe(error);
  });
});
