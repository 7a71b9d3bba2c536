import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

import { QuietConnections } from './quiet-connections.js';

/** Turns new requests away once the server is shutting down, while those that are under way are finished. */
@Injectable()
export class ClosingGate implements OnModuleDestroy {
  private closing = false;

  get isClosing(): boolean {
    return this.closing;
  }

  onModuleDestroy(): void {
    this.closing = true;
  }

  /** Stands before every request of a server. */
  guard(server: FastifyInstance): void {
    server.addHook('onRequest', (_request, reply, done) => {
      if (!this.closing) {
        done();
        return;
      }
      void reply
        .code(503)
        .headers({ connection: 'close', 'retry-after': 5, 'cache-control': 'no-store' })
        .send({ error: 'temporarily_unavailable', error_description: 'The server is shutting down.' });
    });
    server.addHook('onSend', (_request, reply, payload, done) => {
      if (this.closing) void reply.header('connection', 'close');
      done(null, payload);
    });
    // Answers of middleware do not pass the hook above: their connections are closed once they are idle.
    server.addHook('onResponse', (_request, _reply, done) => {
      if (this.closing)
        setImmediate(() => {
          server.server.closeIdleConnections();
        });
      done();
    });
    // After the rooms have told their sockets: from here on nothing new is taken, and the server waits for what is there.
    const connections = new QuietConnections(server.server);
    server.addHook('preClose', (done) => {
      connections.end();
      done();
    });
  }
}
