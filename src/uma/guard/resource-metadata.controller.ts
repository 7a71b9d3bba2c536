import { Controller, Get, Header, Inject, type Type } from '@nestjs/common';

import { RESOURCE_METADATA_PATH, resourceMetadata, resourceMetadataUrl } from '../protocol/resource-metadata.js';
import { DPOP_ALGORITHMS } from './dpop-proofs.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';

/**
 * Tells clients about this resource server, and which authorization servers it works with: at the well-known place, and
 * where that belongs to a path that a proxy keeps in front.
 *
 * @see RFC 9728
 */
export function resourceMetadataOf({ audience }: UmaModuleOptions): Type {
  const places = new Set([RESOURCE_METADATA_PATH, new URL(resourceMetadataUrl(audience)).pathname]);

  @Controller()
  class ResourceMetadataController {
    constructor(@Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions) {}

    /** The metadata of this resource server (RFC 9728). */
    @Get([...places])
    @Header('cache-control', 'public, max-age=3600')
    metadata(): Readonly<Record<string, unknown>> {
      const { authorizationServers = [], scopes = [], resourceName } = this.options;
      return resourceMetadata({
        identifier: audience,
        authorizationServers: authorizationServers.map(({ issuer }) => issuer),
        scopes,
        dpopAlgorithms: DPOP_ALGORITHMS,
        ...(resourceName !== undefined && { name: resourceName }),
      });
    }
  }
  return ResourceMetadataController;
}
