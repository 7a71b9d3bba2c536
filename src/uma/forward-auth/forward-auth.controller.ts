import { All, Controller, Header, HttpCode, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ForwardAuth } from './forward-auth.js';
import { FORWARD_AUTH_PATH } from './original-request.js';

/**
 * Where a proxy (nginx, Traefik, Envoy) asks whether it may pass a request on to a service that is not ours: the same
 * decision as of the guard, for the same tokens. Nothing is read of the body.
 */
@Controller()
export class ForwardAuthController {
  constructor(private readonly forwardAuth: ForwardAuth) {}

  /** 200 when it may, with headers for the service; else 401 with the challenge for the client, or 403. */
  @All([FORWARD_AUTH_PATH, `${FORWARD_AUTH_PATH}/*`])
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async ask(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const headers = await this.forwardAuth.headersFor(request, reply);
    for (const [name, value] of Object.entries(headers)) void reply.header(name, value);
  }
}
