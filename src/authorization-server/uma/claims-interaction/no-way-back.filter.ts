import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { messagePage } from '../../oidc/interaction/message.page.js';
import { sendPage } from '../../oidc/send-page.js';
import { UmaOptions } from '../uma-options.js';
import { NoWayBackError } from './claims-request.js';

/**
 * Tells a requesting party that nothing can be done here. They are never sent on.
 *
 * @see UMA 2.0 Grant section 3.3.3
 */
@Catch(NoWayBackError)
export class NoWayBackFilter implements ExceptionFilter<NoWayBackError> {
  constructor(private readonly options: UmaOptions) {}

  catch(_error: NoWayBackError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const page = messagePage({
      issuer: this.options.issuer,
      title: 'This did not work',
      message:
        'The application that sent you here is not known, or asked us to send you to a place that it has not named before.',
    });
    void reply.status(400).send(sendPage(reply, page));
  }
}
