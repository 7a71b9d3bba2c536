import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { STYLESHEET, STYLESHEET_PATH, stylesheetHeaders } from '../common/pages/stylesheet.js';

/** Serves the look that the pages of every process share. */
@ApiExcludeController()
@Controller(STYLESHEET_PATH)
export class StylesheetController {
  /** The stylesheet; 304 for a browser that has it. */
  @Get()
  stylesheet(
    @Query('v') version: string | undefined,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const headers = stylesheetHeaders(version);
    void reply.headers(headers);
    if (known !== headers['etag']) return STYLESHEET;
    void reply.status(304);
    return '';
  }
}
