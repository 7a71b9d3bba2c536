import { Controller, Header, HttpCode, Logger, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UmaRefusal } from '../guard/uma-refusal.js';
import { AuthorizationServerUnreachable } from '../protection-api/authorization-server-unreachable.js';
import { SecurityEventError } from '../protocol/security-event-error.js';
import { SET_MEDIA_TYPE } from '../protocol/shared-signals.js';
import { InstancesUntold } from './instances-untold.js';
import { refusalOf } from './security-event-refusal.js';
import { SecurityEvents } from './security-events.js';
import { TransmitterGuard } from './transmitter.guard.js';

/** Where authorization servers push their security event tokens. @see RFC 8935 */
@Controller('security-events')
@UseGuards(TransmitterGuard)
export class SecurityEventsController {
  private readonly logger = new Logger(SecurityEventsController.name);

  constructor(private readonly events: SecurityEvents) {}

  /** Takes a security event token (RFC 8417): a token has ended, or the way to be told of it works. */
  @Post()
  @HttpCode(202)
  @Header('cache-control', 'no-store')
  async push(@Req() { headers, body }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    try {
      if (type !== SET_MEDIA_TYPE || typeof body !== 'string') {
        throw new SecurityEventError('invalid_request', `The body has to be of type ${SET_MEDIA_TYPE}.`);
      }
      await this.events.take(body);
    } catch (error) {
      throw this.refusal(error, reply);
    }
  }

  private refusal(error: unknown, reply: FastifyReply): unknown {
    if (error instanceof AuthorizationServerUnreachable) {
      this.logger.warn(error.message);
      return new UmaRefusal(503, 'temporarily_unavailable', 'The keys of the transmitter cannot be fetched now.');
    }
    if (error instanceof InstancesUntold) {
      this.logger.warn(error.message);
      return new UmaRefusal(503, 'temporarily_unavailable', error.message);
    }
    if (!(error instanceof SecurityEventError)) return error;
    this.logger.warn(`A security event token was refused: ${error.code}, ${error.message}`);
    return refusalOf(error, reply);
  }
}
