import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** A request that an external decision point was sent. */
export interface DecisionRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** What an external decision point answers: a status and a body, as JSON unless it is a text or a stream. */
export interface DecisionAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Responder = (request: DecisionRequest) => DecisionAnswer | Promise<DecisionAnswer>;

/** An AuthZEN decision point on a loopback port, that answers as a test says, and remembers what it was asked. */
export class FakeDecisionPoint {
  readonly requests: DecisionRequest[] = [];
  /** By path; what is not there is answered with 404. */
  readonly answers = new Map<string, Responder>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeDecisionPoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const point = new FakeDecisionPoint(server, `http://127.0.0.1:${port}`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void point.answer(request, response);
    });
    return point;
  }

  /** Answers every question of `POST /access/v1/evaluations` by itself. */
  decideEach(decide: (evaluation: Record<string, unknown>) => unknown): void {
    this.answers.set('/access/v1/evaluations', ({ body }) => ({
      body: { evaluations: (body['evaluations'] as Record<string, unknown>[]).map(decide) },
    }));
  }

  /** The paths that were asked, in their order. */
  get paths(): readonly string[] {
    return this.requests.map(({ path }) => path);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await requestIn(message);
    this.requests.push(request);
    const {
      status = 200,
      body = {},
      headers = {},
    } = (await this.answers.get(request.path)?.(request)) ?? { status: 404 };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    if (body instanceof Readable) body.pipe(response);
    else response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
}

async function requestIn(message: IncomingMessage): Promise<DecisionRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { method = '', url: path = '', headers } = message;
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { method, path, authorization: headers.authorization, body };
}
