import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { ENDPOINTS } from '../endpoints.js';
import type { ScopeAnswer } from './protection-api-answers.js';
import { describeScope, type ScopeDescription, scopeIcon } from './scope-catalogue.js';
import { UmaOptions } from './uma-options.js';

/**
 * Scope description documents and their icons, for everyone.
 *
 * @see UMA 2.0 Federated Authorization section 3.1.1
 */
@ApiTags('Scopes')
@Controller(ENDPOINTS.scopes)
export class ScopesController {
  constructor(private readonly options: UmaOptions) {}

  /** A scope in words. */
  @Get(':scope')
  @Header('cache-control', 'public, max-age=3600')
  describe(@Param('scope') scope: string): ScopeAnswer {
    const { name, description } = known(scope);
    const iconUri = `${this.options.issuer}${ENDPOINTS.scopes}/${encodeURIComponent(scope)}/icon`;
    return { name, description, icon_uri: iconUri };
  }

  /** The icon of a scope. */
  @Get(':scope/icon')
  @ApiProduces('image/svg+xml')
  @Header('cache-control', 'public, max-age=3600')
  icon(@Param('scope') scope: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const icon = scopeIcon(known(scope));
    // Only now: the type would stand on the answer to an unknown scope as well.
    void reply.type('image/svg+xml; charset=utf-8');
    return icon.toString();
  }
}

function known(scope: string): ScopeDescription {
  const description = describeScope(scope);
  if (description === undefined) throw new UmaError('not_found', 'There is no such scope.');
  return description;
}
