import { join } from 'node:path';

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';

import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { VIEWER_FILES } from './viewer-page.js';

/**
 * Serves the viewer's scripts and styles, compressed when the browser takes it. Their names change with their content,
 * so that a browser may keep them for ever.
 */
@Injectable()
export class ViewerFiles implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(CLIENT_OPTIONS) private readonly options: ClientOptions,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.useStaticAssets({
      root: join(this.options.webFolder, VIEWER_FILES),
      prefix: `/${VIEWER_FILES}/`,
      index: false,
      decorateReply: false,
      preCompressed: true,
      immutable: true,
      maxAge: '1y',
    });
  }
}
