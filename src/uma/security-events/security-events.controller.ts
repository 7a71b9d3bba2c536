import { Controller, Header, HttpCode, Logger, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { AuthorizationServerUnreachable } from '../protection-api/authorization-server-unreachable.js';
import { SecurityEventError } from '../protocol/security-event-error.js';
import { SET_MEDIA_TYPE } from '../protocol/shared-signals.js';
import { UmaError } from '../protocol/uma-error.js';
import { SecurityEvents } from './security-events.js';

/** Where authorization servers push their security event tokens. @see RFC 8935 */
@Controller('security-events')
export class SecurityEventsController {
  private readonly logger = new Logger(SecurityEventsController.name);

  constructor(private readonly events: SecurityEvents) {}

  /** Takes a security event token (RFC 8417): a token has ended, or the way to be told of it works. */
  @Post()
  @HttpCode(202)
  @Header('cache-control', 'no-store')
  async push(@Req() { headers, body }: FastifyRequest): Promise<void> {
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    try {
      if (type !== SET_MEDIA_TYPE || typeof body !== 'string') {
        throw new SecurityEventError('invalid_request', `The body has to be of type ${SET_MEDIA_TYPE}.`);
      }
      await this.events.take(headers.authorization, body);
    } catch (error) {
      throw this.refusal(error);
    }
  }

  /** Strangers are refused without a word: they could fill the log. */
  private refusal(error: unknown): unknown {
    if (error instanceof AuthorizationServerUnreachable) {
      return new UmaError('temporarily_unavailable', 'The keys cannot be fetched now.', {}, { cause: error });
    }
    if (error instanceof SecurityEventError && error.code !== 'authentication_failed') {
      this.logger.warn(`A security event token was refused (${error.code}): ${error.message}`);
    }
    return error;
  }
}
