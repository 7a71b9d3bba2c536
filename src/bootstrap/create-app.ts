import type { Server } from 'node:http';

import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyHttpOptions, type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import type { Logger } from 'pino';

import { DirectRoutes } from '../common/direct-routes.js';
import { addressBehind } from '../common/caller-address.js';
import { describeApi } from './api-docs.js';
import { type AppOptions, type CrossOrigin, DEFAULT_BODY_LIMIT_BYTES } from './app-options.js';
import { cutBasePath } from './base-path.js';
import { parseBodies } from './body-parsers.js';
import { ClosingGate } from './closing-gate.js';
import { answerTo } from './error-answer.js';
import { DirectLane } from './direct-lane.js';
import { ErrorFilter } from './error.filter.js';
import { type House, HouseModule } from './house.module.js';
import { Metrics } from './metrics.js';
import { NestLog, openLog } from './process-logger.js';
import { limitRates, RateLimits } from './rate-limit.js';
import { logRequest, logRequests } from './request-log.js';
import { traceRequests } from './request-trace.js';
import { rememberArrivals } from './route-label.js';
import { secureHeaders, securityHeaders } from './security-headers.js';
import { refuseUnfitValues } from './unfit-values.js';
import { validation } from './validation.js';

const REQUEST_TIMEOUT_MS = 30_000;
/** Scopes may be URLs, and a scope may be a parameter of a path. */
const LONGEST_PARAMETER = 2048;

/**
 * Makes a server of its rooms: Fastify with traces, logs, metrics, rate limits, security headers, checked bodies and one
 * form of error. It neither listens yet nor takes signals.
 */
export async function createApp(rooms: Type | DynamicModule, options: AppOptions): Promise<NestFastifyApplication> {
  const log = openLog(options.name, options.logLevel, options.logDestination);
  const adapter = new FastifyAdapter(serverOptions(options, log));
  const house = { metrics: new Metrics(), gate: new ClosingGate(), directRoutes: new DirectRoutes() };
  // Before Nest is created: its middleware runs after the hooks that are there by then.
  await prepare(adapter.getInstance<FastifyInstance>(), options, { ...house, log });
  const app = await NestFactory.create<NestFastifyApplication>(HouseModule.register(rooms, house), adapter, {
    logger: new NestLog(log),
    bodyParser: false,
    abortOnError: false,
  });
  if (options.crossOrigin !== undefined) app.enableCors(corsOptions(options.crossOrigin));
  app.useGlobalPipes(validation());
  app.useGlobalFilters(new ErrorFilter(adapter));
  describeApi(app, options.openApi);
  return app;
}

function corsOptions({ methods, allowedHeaders, exposedHeaders, ...rest }: CrossOrigin) {
  return { ...rest, methods: [...methods], allowedHeaders: [...allowedHeaders], exposedHeaders: [...exposedHeaders] };
}

/** What is told of it in every answer, whoever asks. */
function crossOriginHeaders(settings: CrossOrigin | undefined): readonly (readonly [string, string])[] {
  if (settings === undefined) return [];
  return [
    ['access-control-allow-origin', settings.origin],
    ['access-control-expose-headers', settings.exposedHeaders.join(', ')],
  ];
}

interface Instruments extends House {
  readonly log: Logger;
}

async function prepare(server: FastifyInstance, options: AppOptions, instruments: Instruments): Promise<void> {
  const { log, metrics, gate, directRoutes: routes } = instruments;
  const limits = new RateLimits(options.rateLimits);
  const headers = securityHeaders(options.contentSecurityPolicy);
  rememberArrivals(server);
  traceRequests(server);
  logRequests(server, log);
  metrics.measure(server);
  secureHeaders(server, headers);
  gate.guard(server);
  limitRates(server, limits);
  await parseBodies(server);
  refuseUnfitValues(server);
  new DirectLane({
    ...{ routes, limits },
    headers: new Map([...headers, ...crossOriginHeaders(options.crossOrigin)]),
    cutBasePath: cutBasePath(options.basePath ?? ''),
    addressOf: addressBehind(options.trustProxy),
    isClosing: () => gate.isClosing,
    bodyLimitBytes: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    finished: (request) => {
      metrics.observe(request);
      logRequest(log, request);
    },
  }).standBefore(server.server);
}

function serverOptions(options: AppOptions, log: Logger): FastifyHttpOptions<Server> {
  const { basePath = '', trustProxy, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES } = options;
  const cut = cutBasePath(basePath);
  return {
    loggerInstance: log,
    // Our own line is the only one about a request.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    bodyLimit: bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_PARAMETER },
    // The router refuses an address that it cannot decode before anything of ours sees it.
    frameworkErrors: (error, _request, reply) => {
      refuse(error, reply);
    },
    ...(basePath === '' ? {} : { rewriteUrl: ({ url = '/' }) => cut(url) }),
  };
}

function refuse(error: unknown, reply: FastifyReply): void {
  const { status, body } = answerTo(error);
  void reply.code(status).header('cache-control', 'no-store').send(body);
}
