import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Knows which connections of a server carry no request. Node's own `close` ends those that have had an answer, but waits
 * for one that never sent a request, or sent half of one, for as long as its client pleases.
 */
export class QuietConnections {
  /** How many requests are under way on each connection: pipelined, there are several. */
  private readonly underWay = new Map<Socket, number>();
  private ending = false;

  constructor(server: Server) {
    server.on('connection', (connection: Socket) => {
      this.underWay.set(connection, 0);
      connection.once('close', () => this.underWay.delete(connection));
    });
    // Not earlier: socket.io keeps its own requests from the listeners that it finds.
    server.once('listening', () => {
      server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        this.count(socket, 1);
        response.once('close', () => {
          this.count(socket, -1);
        });
      });
    });
  }

  /** Ends those that are quiet, and each other one with its last answer. */
  end(): void {
    this.ending = true;
    for (const [connection, requests] of this.underWay) if (requests === 0) connection.destroy();
  }

  private count(connection: Socket, more: number): void {
    const before = this.underWay.get(connection);
    if (before === undefined) return;
    this.underWay.set(connection, before + more);
    if (this.ending && before + more === 0) connection.destroySoon();
  }
}
