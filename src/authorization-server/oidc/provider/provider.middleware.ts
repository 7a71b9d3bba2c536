import type { IncomingMessage, ServerResponse } from 'node:http';

import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type Provider from 'oidc-provider';

import { ENDPOINTS } from '../../endpoints.js';
import { basePathOf, OIDC_OPTIONS, OIDC_PROVIDER, type OidcOptions } from '../oidc.options.js';

const DISCOVERY = '/.well-known/openid-configuration';
/** Where the metadata is found, below the issuer: one document. */
export const METADATA: readonly string[] = [
  DISCOVERY,
  '/.well-known/oauth-authorization-server',
  '/.well-known/uma2-configuration',
];

/** The paths that the provider serves, below the issuer; the metadata is found in three places. */
export function providerPaths(): readonly string[] {
  const { authorization, token, userinfo, revocation, registration, jwks, endSession } = ENDPOINTS;
  const { pushedAuthorization, deviceAuthorization, device } = ENDPOINTS;
  return [
    ...[authorization, `${authorization}/:uid`, token, userinfo, revocation, registration, `${registration}/:client`],
    ...[pushedAuthorization, deviceAuthorization, device, `${device}/:uid`],
    ...[jwks, endSession, `${endSession}/confirm`, `${endSession}/success`],
    ...METADATA,
  ];
}

type Request = IncomingMessage & { originalUrl?: string };

/** Hands requests to the provider before any body is parsed, and tells it its own address. */
@Injectable()
export class ProviderMiddleware implements NestMiddleware<Request, ServerResponse> {
  private handle: ReturnType<Provider['callback']> | undefined;
  private readonly basePath: string;

  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    @Inject(OIDC_OPTIONS) private readonly options: OidcOptions,
  ) {
    this.basePath = basePathOf(options.issuer);
  }

  async use(request: Request, response: ServerResponse): Promise<void> {
    // The router has cut what it matched from `url`; `originalUrl` is the path below the issuer.
    request.url = targetOf(request.originalUrl ?? '/');
    request.originalUrl = `${this.basePath}${request.url}`;
    addressAs(this.options.issuer, request);
    // Not before the first request: until then other rooms may add to the provider.
    this.handle ??= this.provider.callback();
    await this.handle(request, response);
  }
}

/** All the forms of the metadata are one of the provider's own. */
function targetOf(url: string): string {
  const path = url.replace(/\?.*$/s, '');
  return METADATA.includes(path) ? DISCOVERY + url.slice(path.length) : url;
}

/**
 * Makes a request look as if it was sent to the issuer's own address: behind a proxy that is true, and a forged `Host`
 * never gets into a link, a redirect or the metadata.
 */
export function addressAs(issuer: string, request: IncomingMessage): void {
  const { host, protocol } = new URL(issuer);
  request.headers.host = host;
  request.headers['x-forwarded-host'] = host;
  request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
}
