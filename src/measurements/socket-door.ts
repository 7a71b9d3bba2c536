import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

import { Server, type ServerOptions, type Socket } from 'socket.io';

import { takeQueryTokens } from './query-tokens.js';

/** The largest frame that is read, in bytes: a message of 1,000 measurements has about 80,000. */
const MAX_FRAME_BYTES = 256 * 1024;
/** How many packets may wait for a peer that reads none before it is given up: each would stay in memory. */
const MAX_UNREAD_PACKETS = 4_000;
/** How long a peer may take to answer that a connection is closed, in milliseconds. */
const CLOSE_PATIENCE_MS = 1_000;

/**
 * A socket.io server in front of an HTTP server. Messages reach their handlers directly: Nest's pipeline for each message
 * costs several times what a measurement does.
 */
export class SocketDoor {
  /** Where gateways set up their namespaces. */
  readonly io: Server;
  private readonly upgraded = new Set<Duplex>();

  /** @param options `allowEIO3` lets clients of protocol 3 in, `allowRequest` says who may begin at all */
  constructor(options: Pick<Partial<ServerOptions>, 'allowEIO3' | 'allowRequest'>) {
    this.io = new Server({
      maxHttpBufferSize: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      httpCompression: false,
      serveClient: false,
      ...options,
    });
  }

  /** Tells every socket why, then closes it; the HTTP server stays open, but does not wait for a socket any more. */
  async close(reason: string): Promise<void> {
    // Who polls takes what is left with the next request, or the one after that.
    const leaving = new Set<object>();
    for (const namespace of this.io._nsps.values()) {
      for (const socket of namespace.sockets.values()) {
        leaving.add(socket.conn);
        socket.conn.once('close', () => leaving.delete(socket.conn));
        socket.emit(reason);
      }
      namespace.disconnectSockets(true);
    }
    const deadline = performance.now() + CLOSE_PATIENCE_MS;
    while (this.upgraded.size + leaving.size > 0 && performance.now() < deadline) await setTimeout(10);
    for (const connection of this.upgraded) connection.destroy();
    this.io.engine.close();
  }

  /** @param basePath without a trailing slash: what a proxy may keep in front of the path of socket.io */
  protected standBefore(httpServer: HttpServer, basePath = ''): void {
    httpServer.on('upgrade', (_request, connection: Duplex) => {
      this.upgraded.add(connection);
      connection.once('close', () => this.upgraded.delete(connection));
    });
    this.io.attach(httpServer);
    this.io.engine.on('connection', giveUpWhenUnread);
    // socket.io looks at the address as it was sent, before the router has cut the base path off.
    for (const event of ['request', 'upgrade']) {
      httpServer.prependListener(event, (request: IncomingMessage) => {
        this.arrive(request, basePath);
      });
    }
  }

  private arrive(request: IncomingMessage, basePath: string): void {
    const { url = '' } = request;
    const path = `${this.io.path()}/`;
    if (url.startsWith(basePath + path)) request.url = url.slice(basePath.length);
    else if (!url.startsWith(path)) return;
    takeQueryTokens(request);
  }
}

function giveUpWhenUnread(connection: Socket['conn']): void {
  let unread = 0;
  connection.on('packetCreate', () => {
    unread += 1;
    if (unread > MAX_UNREAD_PACKETS) connection.close(true);
  });
  // The connection hands over all that waits at once.
  connection.on('drain', () => {
    unread = 0;
  });
}
