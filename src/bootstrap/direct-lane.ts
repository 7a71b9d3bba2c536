import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { Logger } from '@nestjs/common';

import type { DirectAnswer, DirectRoute, DirectRoutes } from '../common/direct-routes.js';
import { openTrace, type Trace, withTrace } from '../common/trace.js';
import { answerTo, type ErrorAnswer } from './error-answer.js';
import type { FinishedRequest } from './finished-request.js';
import { type LimitedCall, type RateLimits } from './rate-limit.js';
import { isOrdinary, LONGEST_BODY_BYTES, readBody } from './ordinary-request.js';

/** What is known of a request on the lane. */
interface Passage extends LimitedCall {
  readonly request: IncomingMessage;
  readonly route: DirectRoute;
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

type LaneAnswer = DirectAnswer & Partial<Pick<ErrorAnswer, 'headers'>>;

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
    const json = ['content-type', 'application/json; charset=utf-8', 'cache-control', 'no-store'];
    this.longestBody = Math.min(LONGEST_BODY_BYTES, parts.bodyLimitBytes);
    this.headers = [...[...parts.headers].flat(), ...json];
  }

  /** Takes its place before the listeners that a server has by now. */
  standBefore(server: Server): void {
    const listeners = server.listeners('request') as Listener[];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const framework = (): void => {
        for (const listener of listeners) listener.call(server, request, response);
      };
      const route = this.routeFor(request);
      if (route === undefined) framework();
      else this.pass(route, request, response, framework);
    });
  }

  private routeFor(request: IncomingMessage): DirectRoute | undefined {
    if (request.method !== 'POST' || this.parts.isClosing()) return undefined;
    const route = this.parts.routes.find(this.parts.cutBasePath(request.url ?? ''));
    return route !== undefined && isOrdinary(request.headers, route.mediaType, this.longestBody) ? route : undefined;
  }

  private pass(route: DirectRoute, request: IncomingMessage, response: ServerResponse, framework: () => void): void {
    const { headers } = request;
    const { traceparent } = headers;
    const trace = openTrace(typeof traceparent === 'string' ? traceparent : undefined);
    const call = { method: 'POST', path: route.path, headers, ip: this.parts.addressOf(request) };
    const passage = { ...call, request, route, trace, beganMs: performance.now() };
    withTrace(trace, () => void this.answer(passage, response, framework));
  }

  private async answer(passage: Passage, response: ServerResponse, framework: () => void): Promise<void> {
    const outcome = await this.outcomeOf(passage);
    if (outcome === 'left to the framework') framework();
    else if (outcome !== 'broken off') this.send(passage, response, outcome);
  }

  private async outcomeOf(passage: Passage): Promise<LaneAnswer | 'left to the framework' | 'broken off'> {
    const { request, route, headers } = passage;
    try {
      await this.parts.limits.spend(request, passage);
      const body = await readBody(request);
      if (body === undefined) return 'broken off';
      const answer = NUL.test(body.text) ? undefined : await route.answer({ headers, body: body.text });
      if (answer !== undefined) return answer;
      body.putBack();
      return 'left to the framework';
    } catch (error) {
      const refusal = answerTo(error);
      if (refusal.isOurFault) this.logger.error(error);
      return refusal;
    }
  }

  private send(passage: Passage, response: ServerResponse, answer: LaneAnswer): void {
    const text = JSON.stringify(answer.body);
    const headers = [...this.headers, 'content-length', String(Buffer.byteLength(text))];
    for (const [name, value] of Object.entries(answer.headers ?? {})) headers.push(name, value);
    if (this.parts.isClosing()) headers.push('connection', 'close');
    response.writeHead(answer.status, headers).end(text);
    void this.parts.limits.answered(passage, answer.status);
    const { method, route, trace, beganMs } = passage;
    const durationMs = performance.now() - beganMs;
    this.parts.finished({ method, route: route.path, status: answer.status, durationMs, trace });
  }
}
