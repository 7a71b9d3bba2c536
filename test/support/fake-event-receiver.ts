import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { freePort } from './free-port.js';

/** A push as a receiver gets it, its token not checked. */
export interface Push {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** An endpoint on loopback that takes security event tokens, or answers as a test says. */
export class FakeEventReceiver {
  readonly pushes: Push[] = [];
  /** What it answers, and what with it; it may take a push and say nothing. */
  answer: { readonly status: number; readonly body?: unknown } | 'nothing' = { status: 202 };
  private server: Server | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<FakeEventReceiver> {
    const receiver = new FakeEventReceiver(await freePort());
    await receiver.listen();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/events`;
  }

  /** The ids of what the events were about, in the order they came in. */
  get about(): readonly string[] {
    return this.pushes.map(({ claims }) => idOf(claims['sub_id']));
  }

  /** Listens, again after {@link stop}. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const token = Buffer.concat(chunks).toString();
        const [header, claims] = token.split('.').map(partOf);
        this.pushes.push({ headers: request.headers, token, header: header ?? {}, claims: claims ?? {} });
        if (this.answer === 'nothing') return;
        response.writeHead(this.answer.status, { 'content-type': 'application/json', location: '/elsewhere' });
        response.end(this.answer.body === undefined ? '' : JSON.stringify(this.answer.body));
      });
    });
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
    this.server = server;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

function partOf(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function idOf(subject: unknown): string {
  const { id, jti, session } = subject as { id?: string; jti?: string; session?: { id?: string } };
  return session?.id ?? jti ?? id ?? '';
}
