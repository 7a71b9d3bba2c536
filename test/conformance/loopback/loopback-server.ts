import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What a handler answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly text?: string;
}

/** What came in. */
export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `hang` never answers. */
export type Handler = (incoming: Incoming) => Reply | 'hang' | Promise<Reply | 'hang'>;

/** A small HTTP server on a free port of this machine, for the counterparts that the suite brings itself. */
export class LoopbackServer {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  /** @param host where it listens: loopback, unless a case needs an address that is not */
  static async start(handler: Handler, host = '127.0.0.1'): Promise<LoopbackServer> {
    const server = createServer((request, response) => void serve(handler, request, response));
    await once(server.listen(0, host), 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new LoopbackServer(server, `http://${host}:${port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function serve(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const { method = 'GET', headers, url = '/' } = request;
  const incoming = { method, headers, body, url: new URL(url, `http://${headers.host ?? 'localhost'}`) };
  const reply = await Promise.resolve(handler(incoming)).catch((): Reply => ({ status: 500 }));
  if (reply === 'hang') return;
  const content = reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json);
  const type = reply.json === undefined ? 'text/plain' : 'application/json';
  response.writeHead(reply.status, { 'content-type': type, 'cache-control': 'no-store', ...mutable(reply.headers) });
  response.end(content);
}

function mutable(headers: Reply['headers'] = {}): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
