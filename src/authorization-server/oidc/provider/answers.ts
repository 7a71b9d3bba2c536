import type { Context as KoaContext, Next } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { pageHeaders } from '../../../common/pages/page-headers.js';
import { isJsonObject } from '../../../uma/protocol/strict-json.js';
import { registeredScope } from '../clients/client-metadata.js';
import { answerCodeLink } from '../device/device-flow.js';
import { DEVICE_GRANT_TYPE, POLL_SECONDS } from '../device/device-grant-type.js';

const CACHED_SECONDS = 300;
/** What the provider reads at most; it does not tell a larger body from a malformed one. */
const LARGEST_BODY_BYTES = 56 * 1024;

type OidcContext = KoaContextWithOIDC['oidc'];
type JsonObject = Readonly<Record<string, unknown>>;

/** Gives the provider's answers the form that the standards and older clients expect, where it differs. */
export async function shapeAnswer(ctx: KoaContext, next: Next): Promise<void> {
  ctx.set(pageHeaders());
  await next();
  // Absent when the path or the method is none of the provider's.
  const oidc = ctx['oidc'] as OidcContext | undefined;
  if (oidc === undefined) return;
  answerCodeLink(ctx as KoaContextWithOIDC);
  const answer: unknown = ctx.body;
  if (ctx.type === 'text/html') allowWayBack(ctx, oidc);
  else if (isJsonObject(answer)) shapeJson(ctx, oidc, answer);
}

function shapeJson(ctx: KoaContext, oidc: OidcContext, answer: JsonObject): void {
  if (ctx.status >= 400) ctx.body = shapeError(ctx, oidc, answer);
  else if (['discovery', 'jwks'].includes(oidc.route)) ctx.set('cache-control', `public, max-age=${CACHED_SECONDS}`);
  else if (['registration', 'client'].includes(oidc.route)) ctx.body = { ...answer, ...registeredScope(answer) };
  else if (oidc.route === 'device_authorization') ctx.body = { ...answer, interval: POLL_SECONDS };
}

/** A form that carries the answer on, as `response_mode=form_post` does, must be let through to the client. */
function allowWayBack(ctx: KoaContext, { params = {} }: OidcContext): void {
  const formTargets = [params['redirect_uri'], params['post_logout_redirect_uri']].filter(
    (uri) => typeof uri === 'string',
  );
  const [scriptHash = ''] = / 'sha256-[^']+'/.exec(ctx.response.get('content-security-policy')) ?? [];
  const policy = pageHeaders({ formTargets })['content-security-policy'] ?? '';
  ctx.set('content-security-policy', policy.replace("script-src 'self'", `script-src 'self'${scriptHash}`));
}

function shapeError(ctx: KoaContext, oidc: OidcContext, answer: JsonObject): JsonObject {
  if (answer['error'] === 'invalid_request' && ctx.request.length > LARGEST_BODY_BYTES) {
    ctx.status = 413;
    return { error: 'payload_too_large', error_description: 'The request body is too large.' };
  }
  if (answer['error'] === 'invalid_client' && ctx.status === 401) {
    return refuseClient(ctx, oidc, 'Invalid client: client is invalid');
  }
  if (answer['error'] === 'invalid_request' && namesNoClient(ctx, oidc)) {
    return refuseClient(ctx, oidc, 'The request does not authenticate the client.');
  }
  if (answer['error'] === 'invalid_request' && asksForGrantNotAllowed(oidc)) {
    return { error: 'unauthorized_client', error_description: 'The client may not use this grant type.' };
  }
  // As everywhere at this server: what went wrong inside is for its log.
  return answer['error'] === 'server_error' ? { error: 'server_error' } : answer;
}

/** A client that has to authenticate is told how. */
function refuseClient(ctx: KoaContext, { issuer }: OidcContext, description: string): JsonObject {
  ctx.status = 401;
  ctx.set('www-authenticate', `Basic realm="${issuer}"`);
  return { error: 'invalid_client', error_description: description };
}

/** RFC 6749 section 5.2 calls this a failed authentication; the provider, a malformed request. */
function namesNoClient({ headers }: KoaContext, { route, params }: OidcContext): boolean {
  return (
    ['token', 'revocation', 'pushed_authorization_request', 'device_authorization'].includes(route) &&
    headers.authorization === undefined &&
    // Absent when the body could not be read.
    params !== undefined &&
    params['client_id'] === undefined &&
    params['client_assertion'] === undefined
  );
}

/** RFC 6749 section 5.2 has a code of its own for this. */
function asksForGrantNotAllowed({ route, client, params }: OidcContext): boolean {
  const grantTypes: Readonly<Record<string, unknown>> = {
    token: params?.['grant_type'],
    device_authorization: DEVICE_GRANT_TYPE,
  };
  const grantType = grantTypes[route];
  return client !== undefined && typeof grantType === 'string' && !client.grantTypeAllowed(grantType);
}
