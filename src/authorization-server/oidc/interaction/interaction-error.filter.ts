import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type Provider from 'oidc-provider';

import { OIDC_PROVIDER } from '../oidc.options.js';
import { sendPage } from '../send-page.js';
import { ForgedFormError, InteractionGoneError } from './interaction-errors.js';
import { messagePage } from './message.page.js';

/** Tells a person in words why a sign-in or consent page cannot go on. */
@Catch(InteractionGoneError, ForgedFormError)
export class InteractionErrorFilter implements ExceptionFilter<InteractionGoneError | ForgedFormError> {
  constructor(@Inject(OIDC_PROVIDER) private readonly provider: Provider) {}

  catch(error: InteractionGoneError | ForgedFormError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { issuer } = this.provider;
    const gone = error instanceof InteractionGoneError;
    const page = gone
      ? messagePage({
          issuer,
          title: 'This page is no longer valid',
          message:
            'It was used already, it is too old, or it was opened in another browser. Go back to the application and start again.',
        })
      : messagePage({
          issuer,
          title: 'This form cannot be accepted',
          message: 'It did not come from our own page. Nothing was changed. Go back and try it again.',
        });
    void reply.status(gone ? 400 : 403).send(sendPage(reply, page));
  }
}
