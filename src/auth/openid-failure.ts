import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';

import { errorCode } from '../common/error-code.js';
import { UmaError } from '../uma/protocol/uma-error.js';

const AWAY = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']);

/**
 * Says in our own words why a step of signing in failed. What the authorization server sent is left out: it could be a
 * token.
 *
 * @returns `access_denied` when the person said no; `temporarily_unavailable` when there is no sensible answer;
 * `invalid_grant` when a code or refresh token is good no more; `login_required` when an access token is; `server_error`
 * for everything that must not happen between servers that are set up well
 */
export function openIdFailure(error: unknown): UmaError {
  if (error instanceof UmaError) return error;
  if (error instanceof AuthorizationResponseError) return ofAuthorization(error.error);
  if (error instanceof WWWAuthenticateChallengeError) return new UmaError('login_required', 'Sign in again.');
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant') {
    return new UmaError('invalid_grant', 'The authorization server takes this no more: it is too old or was used.');
  }
  const code = errorCode(error) ?? 'unknown';
  if (isAway(error, code)) return away();
  return new UmaError('server_error', `The answer of the authorization server cannot be accepted (${code}).`);
}

/** It does not answer, or not in earnest; or it has too much to do just now. */
function isAway(error: unknown, code: string): boolean {
  if (error instanceof ResponseBodyError && error.status === 429) return true;
  return error instanceof TypeError || AWAY.has(code);
}

function ofAuthorization(code: string): UmaError {
  if (code === 'access_denied')
    return new UmaError('access_denied', 'The sign-in was cancelled, so you are not signed in.');
  if (code === 'server_error' || code === 'temporarily_unavailable') return away();
  return new UmaError('invalid_request', 'The authorization server refused the sign-in.');
}

const away = (): UmaError => new UmaError('temporarily_unavailable', 'The authorization server cannot be reached.');
