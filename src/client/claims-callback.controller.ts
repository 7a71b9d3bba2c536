import { Controller, Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import { ApiProduces, ApiQuery, ApiSeeOtherResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { basePathOf } from '../auth/auth.options.js';
import { Sessions } from '../auth/index.js';
import { seeOther } from '../auth/see-other.js';
import { ClaimsFailureFilter } from './claims-failure.filter.js';
import { CLAIMS_CALLBACK } from './claims-redirects.js';
import { ClaimsReturn } from './claims-return.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { viewerPath } from './viewer-page.js';

/** The claims redirect URI: where authorization servers send people back to who told them more about themselves. */
@ApiTags('Shared hearts')
@Controller(CLAIMS_CALLBACK)
@UseFilters(ClaimsFailureFilter)
export class ClaimsCallbackController {
  constructor(
    private readonly sessions: Sessions,
    private readonly claims: ClaimsReturn,
    @Inject(CLIENT_OPTIONS) private readonly options: ClientOptions,
  ) {}

  /** Takes the new permission ticket, goes on with the flow, and shows what came of it. */
  @Get()
  @ApiQuery({ name: 'state', required: false, type: String, description: 'What the person was sent away with.' })
  @ApiQuery({ name: 'ticket', required: false, type: String, description: 'The new permission ticket.' })
  @ApiQuery({ name: 'iss', required: false, type: String, description: 'Who sends the person back (RFC 9207).' })
  @ApiQuery({ name: 'error', required: false, type: String, description: 'Why there is no ticket.' })
  @ApiProduces('text/html')
  @ApiSeeOtherResponse({ description: 'To what was opened, or once more to the authorization server.' })
  async finish(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    // The address holds a ticket, which no other server is to hear of.
    void reply.header('referrer-policy', 'no-referrer');
    const session = await this.sessions.current(request);
    const onward = await this.claims.finish(session, new URL(request.url, 'http://here.invalid').searchParams);
    return seeOther(reply, 'url' in onward ? onward.url : viewerPath(basePathOf(this.options), onward.resource));
  }
}
