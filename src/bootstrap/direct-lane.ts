import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { Logger } from '@nestjs/common';

import type { DirectAnswer, DirectRoute, DirectRoutes } from '../common/direct-routes.js';
import { openTrace, type Trace, withTrace } from '../common/trace.js';
import { answerTo, type ErrorAnswer } from './error-answer.js';
import type { FinishedRequest } from './finished-request.js';
import { type LimitedCall, type RateLimits } from './rate-limit.js';
import { isOrdinary, isOrdinaryRead, LONGEST_BODY_BYTES, readBody } from './ordinary-request.js';

/** What the route of a request makes of it. */
type Outcome = DirectAnswer | 'left to the framework' | 'broken off';

/** A request that a route answers, and how. */
interface Task {
  readonly method: 'GET' | 'POST';
  /** Below the base path. */
  readonly path: string;
  /** As the route is logged and measured. */
  readonly route: string;
  readonly cacheControl: string;
  readonly carryOut: () => Promise<Outcome>;
}

/** What is known of a request on the lane. */
interface Passage extends LimitedCall, Task {
  readonly method: Task['method'];
  readonly request: IncomingMessage;
  readonly trace: Trace;
  readonly beganMs: number;
}

/** What happens to every request of the server, on this lane as elsewhere. */
export interface LaneParts {
  readonly routes: DirectRoutes;
  readonly limits: RateLimits;
  /** Headers of every answer. */
  readonly headers: ReadonlyMap<string, string>;
  /** The part of a request's target that routes are written for. */
  readonly cutBasePath: (target: string) => string;
  /** The caller's address. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly isClosing: () => boolean;
  /** The longest body that the server takes, in bytes. */
  readonly bodyLimitBytes: number;
  /** Counts and logs a request that was answered. */
  readonly finished: (request: FinishedRequest) => void;
}

/** In plain text, in a form, in JSON: no text of ours needs it, and the framework refuses it. */
const NUL = /\0|%00|\\u0000/i;

type LaneOutcome = Outcome | ErrorAnswer;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Stands in front of the framework and answers what is ordinary on the direct routes: with the same limits, headers,
 * errors, traces, metrics and lines of the log as everywhere, for a fraction of the time. All else goes on to the
 * framework as if nobody had looked at it.
 */
export class DirectLane {
  private readonly logger = new Logger(DirectLane.name);
  private readonly headers: readonly string[];
  private readonly longestBody: number;

  constructor(private readonly parts: LaneParts) {
    this.longestBody = Math.min(LONGEST_BODY_BYTES, parts.bodyLimitBytes);
    this.headers = [...[...parts.headers].flat(), 'content-type', 'application/json; charset=utf-8'];
  }

  /** Takes its place before the listeners that a server has by now. */
  standBefore(server: Server): void {
    const listeners = server.listeners('request') as Listener[];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const framework = (): void => {
        for (const listener of listeners) listener.call(server, request, response);
      };
      const task = this.parts.isClosing() ? undefined : this.taskOf(request);
      if (task === undefined) framework();
      else this.pass(task, request, response, framework);
    });
  }

  /** What there is to do on the lane for a request; `undefined` for the framework's. */
  private taskOf(request: IncomingMessage): Task | undefined {
    const { method, url = '' } = request;
    if (method === 'GET') return this.readOf(request, this.parts.cutBasePath(url));
    return method === 'POST' ? this.callOf(request, this.parts.cutBasePath(url)) : undefined;
  }

  private readOf(request: IncomingMessage, path: string): Task | undefined {
    const found = this.parts.routes.findRead(path);
    if (found === undefined || !isOrdinaryRead(request.headers)) return undefined;
    const { read, parameter } = found;
    const carryOut = async () => (await read.answer(parameter, request)) ?? 'left to the framework';
    return { method: 'GET', path, route: read.path, cacheControl: read.cacheControl, carryOut };
  }

  private callOf(request: IncomingMessage, path: string): Task | undefined {
    const route = this.parts.routes.find(path);
    if (route === undefined || !isOrdinary(request.headers, route.mediaType, this.longestBody)) return undefined;
    const carryOut = () => answerBody(route, request);
    return { method: 'POST', path, route: path, cacheControl: 'no-store', carryOut };
  }

  private pass(task: Task, request: IncomingMessage, response: ServerResponse, framework: () => void): void {
    const { headers } = request;
    const { traceparent } = headers;
    const trace = openTrace(typeof traceparent === 'string' ? traceparent : undefined);
    const ip = this.parts.addressOf(request);
    const passage = { ...task, headers, ip, request, trace, beganMs: performance.now() };
    withTrace(trace, () => void this.answer(passage, response, framework));
  }

  private async answer(passage: Passage, response: ServerResponse, framework: () => void): Promise<void> {
    const outcome = await this.outcomeOf(passage);
    if (outcome === 'left to the framework') framework();
    else if (outcome !== 'broken off') this.send(passage, response, outcome);
  }

  private async outcomeOf(passage: Passage): Promise<LaneOutcome> {
    try {
      await this.parts.limits.spend(passage.request, passage);
      return await passage.carryOut();
    } catch (error) {
      const refusal = answerTo(error);
      if (refusal.isOurFault) this.logger.error(error);
      return refusal;
    }
  }

  private send(passage: Passage, response: ServerResponse, answer: DirectAnswer | ErrorAnswer): void {
    const text = JSON.stringify(answer.body);
    const isRefusal = 'headers' in answer;
    const headers = [...this.headers, 'content-length', String(Buffer.byteLength(text))];
    headers.push('cache-control', isRefusal ? 'no-store' : passage.cacheControl);
    if (isRefusal) headers.push(...Object.entries(answer.headers).flat());
    if (this.parts.isClosing()) headers.push('connection', 'close');
    response.writeHead(answer.status, headers).end(text);
    void this.parts.limits.answered(passage, answer.status);
    const { method, route, trace, beganMs } = passage;
    this.parts.finished({ method, route, status: answer.status, durationMs: performance.now() - beganMs, trace });
  }
}

async function answerBody(route: DirectRoute, request: IncomingMessage): Promise<Outcome> {
  const body = await readBody(request);
  if (body === undefined) return 'broken off';
  const { headers } = request;
  const answer = NUL.test(body.text) ? undefined : await route.answer({ headers, body: body.text });
  if (answer !== undefined) return answer;
  body.putBack();
  return 'left to the framework';
}
