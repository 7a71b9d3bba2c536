import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Server } from 'socket.io';

import { MEASUREMENTS_OPTIONS, type MeasurementsOptions } from './measurements.options.js';

/** The largest frame that is read, in bytes: a message of 1,000 measurements has about 80,000. */
const MAX_FRAME_BYTES = 256 * 1024;
/** How long a peer may take to answer that a connection is closed, in milliseconds. */
const CLOSE_PATIENCE_MS = 1_000;

/**
 * The socket.io server of the process, on the port of its HTTP server. Messages reach their handlers directly: Nest's
 * pipeline for each message costs several times what a measurement does.
 */
@Injectable()
export class SocketServer implements OnApplicationBootstrap {
  /** Where gateways set up their namespaces. */
  readonly io = new Server({
    maxHttpBufferSize: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
  });
  private readonly upgraded = new Set<Duplex>();

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(MEASUREMENTS_OPTIONS) private readonly options: MeasurementsOptions,
  ) {}

  onApplicationBootstrap(): void {
    const httpServer = this.host.httpAdapter.getHttpServer() as HttpServer;
    httpServer.on('upgrade', (_request, connection: Duplex) => {
      this.upgraded.add(connection);
      connection.once('close', () => this.upgraded.delete(connection));
    });
    this.io.attach(httpServer);
    // socket.io looks at the address as it was sent, before the router has cut the base path off.
    for (const event of ['request', 'upgrade']) {
      httpServer.prependListener(event, (request: IncomingMessage) => {
        this.cutBasePath(request);
      });
    }
  }

  private cutBasePath(request: IncomingMessage): void {
    const { basePath = '' } = this.options;
    const { url = '' } = request;
    if (url.startsWith(`${basePath}${this.io.path()}/`)) request.url = url.slice(basePath.length);
  }

  /** Tells every socket why, then closes it; the HTTP server stays open, but does not wait for a socket any more. */
  async close(reason: string): Promise<void> {
    for (const { sockets } of this.io._nsps.values()) {
      for (const socket of sockets.values()) socket.emit(reason);
    }
    this.io.disconnectSockets(true);
    const deadline = performance.now() + CLOSE_PATIENCE_MS;
    while (this.upgraded.size > 0 && performance.now() < deadline) await setTimeout(10);
    for (const connection of this.upgraded) connection.destroy();
    this.io.engine.close();
  }
}
