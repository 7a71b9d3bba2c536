import { join } from 'node:path';

import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';

import type {
  AccessState,
  AccessView,
  HeartRateSample,
  OpenedView,
  ViewerSession,
} from '../../src/client/access-view.js';
import { VIEWER_POLICY, ViewerPage } from '../../src/client/viewer-page.js';
import { STYLESHEET } from '../../src/common/pages/stylesheet.js';

const WEB_FOLDER = join(__dirname, '../../dist/web/client');
const ID = 'run-1';
/** The client server fetches no more samples than these, the oldest ones. */
const LONGEST_HISTORY = 10_000;

/** The viewer page as it was built, and in place of its server a heart that a test lets beat. */
export class FakeClientApi {
  session: ViewerSession | undefined = { name: 'Bob Stone', csrfToken: 'csrf-of-bob' };
  state: AccessState = 'granted';
  wanted: readonly string[] = [];
  samples: readonly HeartRateSample[] = [];
  opened: readonly OpenedView[] = [];
  /** Where the page goes to give claims; it is shown what there is when left out. */
  continueAt: string | undefined;
  /** How often the page asked where an answer was known. */
  askedAgain = 0;
  /** The server's clock. */
  nowMs = Date.parse('2026-03-01T13:05:00Z');
  /** Routes that fail with a status, or never answer, by the beginning of their path. */
  readonly broken = new Map<string, number | 'hang'>();
  /** Paths that were asked for, queries included. */
  readonly asked: string[] = [];
  private readonly server: FastifyInstance;
  private port = 0;

  /** @throws Error when the page was not built */
  constructor(private readonly resource: string) {
    this.server = this.listenable();
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Where the page shows the resource. */
  get sharePath(): string {
    return `/open?resource=${encodeURIComponent(this.resource)}`;
  }

  async start(): Promise<this> {
    await this.server.listen({ port: 0, host: '127.0.0.1' });
    const address = this.server.server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    return this;
  }

  async stop(): Promise<void> {
    this.server.server.closeAllConnections();
    await this.server.close();
  }

  /** Lets time pass, and the heart beat once a second meanwhile. */
  beat(seconds: number, rateAt: (second: number) => number): void {
    const beats = Array.from({ length: seconds }, (_unused, index) => ({
      heartRate: rateAt(index),
      recordedAt: new Date(this.nowMs + (index + 1) * 1000).toISOString(),
    }));
    this.samples = [...this.samples, ...beats];
    this.nowMs += seconds * 1000;
  }

  private listenable(): FastifyInstance {
    const server = Fastify();
    const { html } = new ViewerPage(WEB_FOLDER, 'http://localhost');
    server.addHook('onRequest', async (request, reply) => {
      this.asked.push(`${request.method} ${request.url}`);
      const fault = [...this.broken].find(([path]) => request.url.startsWith(path))?.[1];
      if (fault === 'hang') await new Promise(() => undefined);
      return fault === undefined ? undefined : reply.status(Number(fault)).send({ error: 'broken' });
    });
    for (const path of ['/', '/open']) {
      server.get(path, (_request, reply) =>
        reply.type('text/html; charset=utf-8').header('content-security-policy', VIEWER_POLICY).send(html),
      );
    }
    server.get('/assets/pulsegate.css', (_request, reply) => reply.type('text/css').send(STYLESHEET));
    void server.register(fastifyStatic, { root: join(WEB_FOLDER, 'viewer'), prefix: '/viewer/', preCompressed: true });
    this.routes(server);
    return server;
  }

  private routes(server: FastifyInstance): void {
    server.get('/api/session', (_request, reply) => this.personal(reply, () => this.session));
    server.get('/api/access', (_request, reply) => this.personal(reply, () => this.opened));
    server.post('/api/access', (request, reply) => {
      if (request.headers['x-csrf-token'] !== this.session?.csrfToken) return reply.status(403).send({});
      const { resource, again = false } = request.body as { resource: string; again?: boolean };
      if (!URL.canParse(resource)) return reply.status(400).send({});
      if (again) this.askedAgain++;
      return this.personal(reply, () => this.view(this.samples.slice(-1)));
    });
    server.post(`/api/access/${ID}/claims`, (_request, reply) =>
      this.personal(reply, () => this.view(this.samples.slice(-1), this.continueAt)),
    );
    server.post(`/api/access/${ID}/cancel`, (_request, reply) => {
      this.state = 'cancelled';
      return this.personal(reply, () => this.view([]));
    });
    server.get(`/api/access/${ID}/latest`, (_request, reply) =>
      this.personal(reply, () => this.view(this.samples.slice(-1))),
    );
    server.get<{ Querystring: { from: string } }>(`/api/access/${ID}/heart-rate`, ({ query }, reply) => {
      const fromMs = Date.parse(query.from);
      const since = this.samples.filter(({ recordedAt }) => Date.parse(recordedAt) >= fromMs);
      return this.personal(reply, () => this.view(since.slice(0, LONGEST_HISTORY)));
    });
  }

  private personal(reply: FastifyReply, answer: () => unknown): FastifyReply {
    return this.session === undefined ? reply.status(401).send({ error: 'login_required' }) : reply.send(answer());
  }

  private view(samples: readonly HeartRateSample[], continueAt?: string): AccessView {
    return {
      ...(this.state !== 'not-trusted' && this.state !== 'not-found' && { id: ID }),
      resource: this.resource,
      state: this.state,
      wanted: [...this.wanted],
      samples: this.state === 'granted' ? [...samples] : [],
      asOf: new Date(this.nowMs).toISOString(),
      ...(continueAt !== undefined && { continueAt }),
    };
  }
}
