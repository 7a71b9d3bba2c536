import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { SET_MEDIA_TYPE } from '../protocol/shared-signals.js';

const MAX_BYTES = 64 * 1024;

/** Lets Fastify take bodies that are security event tokens, as the text that was sent. */
@Injectable()
export class SetBodies implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    if (server.hasContentTypeParser(SET_MEDIA_TYPE)) return;
    server.addContentTypeParser(SET_MEDIA_TYPE, { parseAs: 'string', bodyLimit: MAX_BYTES }, (_request, body, done) => {
      done(null, body);
    });
  }
}
