import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address for several instances of a server: each request goes to the next of them. */
export class RoundRobinProxy {
  private next = 0;

  /** @param ports of the instances, which may start later */
  static async start(ports: readonly number[]): Promise<RoundRobinProxy> {
    const server = createServer((incoming, outgoing) => {
      proxy.pass(incoming, outgoing);
    });
    const proxy = new RoundRobinProxy(server, ports);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  private constructor(
    private readonly server: Server,
    private readonly ports: readonly number[],
  ) {}

  get issuer(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const port = this.ports[this.next % this.ports.length];
    this.next += 1;
    const { method, url: path, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }
}
