import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { acceptsHtml } from '../auth/accepts-html.js';
import { basePathOf } from '../auth/auth.options.js';
import { html } from '../common/html.js';
import { messagePage } from '../common/pages/message.page.js';
import { pageHeaders } from '../common/pages/page-headers.js';
import { BRAND } from './brand.js';
import { ClaimsFailure } from './claims-failure.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { viewerPath } from './viewer-page.js';

/** Tells people and programs, each in their own form, that telling more about oneself led to nothing. */
@Catch(ClaimsFailure)
export class ClaimsFailureFilter implements ExceptionFilter<ClaimsFailure> {
  constructor(@Inject(CLIENT_OPTIONS) private readonly options: ClientOptions) {}

  catch(failure: ClaimsFailure, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    const isPage = acceptsHtml(request);
    if (isPage) void reply.type('text/html; charset=utf-8').headers(pageHeaders());
    // The address may hold a ticket, which no other server is to hear of.
    void reply.status(failure.status).headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    void reply.send(isPage ? this.page(failure) : failure.toBody());
  }

  private page({ title, message, resource }: ClaimsFailure): string {
    const basePath = basePathOf(this.options);
    const [next, label] =
      resource === undefined ? [`${basePath}/`, `To ${BRAND}`] : [viewerPath(basePath, resource), 'Try again'];
    return messagePage({
      title,
      basePath,
      brand: BRAND,
      body: html`<p>${message}</p>
        <div class="actions"><a class="button primary" href="${next}">${label}</a></div>`,
    });
  }
}
