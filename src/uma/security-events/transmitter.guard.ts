import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { equalInConstantTime } from '../../common/digest.js';
import { SecurityEventError } from '../protocol/security-event-error.js';
import { refusalOf } from './security-event-refusal.js';
import { Transmitters } from './transmitters.js';

/**
 * Lets in who shows what this instance told an authorization server to show, so that no stranger can make it check
 * signatures. Strangers are refused without a word in the log, which they could fill.
 *
 * @see RFC 8935 section 2.4 (`authentication_failed`)
 */
@Injectable()
export class TransmitterGuard implements CanActivate {
  constructor(private readonly transmitters: Transmitters) {}

  /** @throws UmaRefusal */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { authorization = '' } = http.getRequest<FastifyRequest>().headers;
    const expected = this.transmitters.all().map(({ authorizationHeader }) => authorizationHeader.reveal());
    if (expected.some((one) => equalInConstantTime(authorization, one))) return true;
    const error = new SecurityEventError('authentication_failed', 'Nobody was registered with by this authorization.');
    throw refusalOf(error, http.getResponse<FastifyReply>());
  }
}
