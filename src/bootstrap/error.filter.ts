import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import { answerTo } from './error-answer.js';

/** Answers every error of a request as JSON, and logs once those that are our own fault. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  constructor(private readonly adapter: AbstractHttpAdapter) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response: unknown = host.switchToHttp().getResponse();
    const { status, body, headers, isOurFault } = answerTo(error);
    if (isOurFault) this.logger.error(error);
    if (this.adapter.isHeadersSent(response)) {
      this.adapter.end(response);
      return;
    }
    // The route may have set another type for what it would have answered.
    const own = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' };
    for (const [name, value] of Object.entries({ ...own, ...headers })) {
      this.adapter.setHeader(response, name, value);
    }
    this.adapter.reply(response, body, status);
  }
}
