import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { RESOURCE_METADATA_PATH, resourceMetadata, resourceMetadataUrl } from '../protocol/resource-metadata.js';
import { DPOP_ALGORITHMS } from './dpop-proofs.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import { UmaRefusal } from './uma-refusal.js';

/** Tells clients about this resource server, and which authorization servers it works with. @see RFC 9728 */
@Controller()
export class ResourceMetadataController {
  constructor(@Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions) {}

  /** The metadata document; behind a proxy that keeps a path in front, at the place that belongs to that path too. */
  @Get([RESOURCE_METADATA_PATH, `${RESOURCE_METADATA_PATH}/*`])
  @Header('cache-control', 'public, max-age=3600')
  metadata(@Req() { url }: FastifyRequest): Readonly<Record<string, unknown>> {
    const { audience, authorizationServers = [], scopes = [], resourceName } = this.options;
    const [path] = url.split('?');
    const places = [RESOURCE_METADATA_PATH, new URL(resourceMetadataUrl(audience)).pathname];
    if (path === undefined || !places.includes(path)) throw new UmaRefusal(404, 'not_found', 'Nothing is here.');
    return resourceMetadata({
      identifier: audience,
      authorizationServers: authorizationServers.map(({ issuer }) => issuer),
      scopes,
      dpopAlgorithms: DPOP_ALGORITHMS,
      ...(resourceName !== undefined && { name: resourceName }),
    });
  }
}
