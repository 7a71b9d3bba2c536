import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';

import {
  Body,
  Controller,
  Get,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  Post,
} from '@nestjs/common';

import { Secret } from '../common/secret.js';
import { currentTrace } from '../common/trace.js';
import { openProbeApp, type ProbeApp } from './probe-app.fake.js';

const TOKEN = 'hush-1234567890-abcdefghijkl';
const TRACE_ID = 'a'.repeat(32);
const traceparent = `00-${TRACE_ID}-${'b'.repeat(16)}-01`;

@Controller()
class TalkativeController {
  private readonly logger = new Logger('Talkative');

  @Post('things/:id')
  async thing(@Param('id') _id: string, @Body() body: { token?: unknown }): Promise<unknown> {
    await setImmediate();
    this.logger.log('handled');
    this.logger.warn({ secret: new Secret(String(body.token)) });
    this.logger.error('failed', new Error('because').stack);
    this.logger.error(
      'failed with',
      Object.assign(new Error('outer', { cause: new Error('inner') }), { token: TOKEN }),
    );
    this.logger.debug('details');
    this.logger.verbose('more details');
    this.logger.fatal(new Error('the end'));
    return { traceId: currentTrace()?.traceId };
  }

  @Get('fail')
  fail(): never {
    throw Object.assign(new Error('unexpected'), { request: { headers: { authorization: TOKEN } }, code: 'E_ODD' });
  }
}

@Module({ controllers: [TalkativeController] })
class TalkativeModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const answer = (_request: IncomingMessage, response: ServerResponse) => response.end('authorized');
    consumer.apply(answer).forRoutes('/authorize', '/authorize/:uid');
  }
}

describe('what a server tells of itself', () => {
  let probe: ProbeApp;
  const finished = () => probe.logged().filter(({ msg }) => msg === 'request finished');
  const post = () =>
    probe.inject({
      method: 'POST',
      url: `/things/${TOKEN}?access_token=${TOKEN}`,
      headers: { traceparent, authorization: `Bearer ${TOKEN}`, cookie: `session=${TOKEN}`, 'x-any': TOKEN },
      payload: { token: TOKEN },
    });

  beforeEach(async () => {
    probe = await openProbeApp(TalkativeModule, { logLevel: 'trace' });
  });

  afterEach(() => probe.app.close());

  it('is one line of JSON for each finished request', async () => {
    await post();
    expect(finished()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        name: 'probe',
        method: 'POST',
        route: '/things/:id',
        status: 201,
        durationMs: expect.any(Number) as number,
        traceId: TRACE_ID,
        msg: 'request finished',
      },
    ]);
  });

  it('holds the caller’s trace in every line of a request, also after its body was read', async () => {
    expect((await post()).json()).toEqual({ traceId: TRACE_ID });
    const lines = probe.logged().filter(({ context }) => context === 'Talkative');
    expect(lines).toHaveLength(7);
    expect(lines.every(({ traceId }) => traceId === TRACE_ID)).toBe(true);
  });

  it('holds Nest’s messages with their level, context and error', async () => {
    await post();
    expect(probe.logged().filter(({ context }) => context === 'Talkative')).toMatchObject([
      { level: 'info', msg: 'handled' },
      { level: 'warn', said: { secret: '[redacted]' } },
      { level: 'error', msg: 'failed', stack: expect.stringContaining('Error: because') as string },
      { level: 'error', msg: 'failed with', err: { type: 'Error', message: 'outer', cause: { message: 'inner' } } },
      { level: 'debug', msg: 'details' },
      { level: 'trace', msg: 'more details' },
      { level: 'fatal', msg: 'the end', err: { message: 'the end' } },
    ]);
  });

  it('leaves the framework’s own list of routes to the debug level', () => {
    const mapped = probe.logged().filter(({ context }) => context === 'RouterExplorer');
    expect(mapped.length).toBeGreaterThan(0);
    expect(mapped.every(({ level }) => level === 'debug')).toBe(true);
  });

  it('never holds a token, wherever it stood in a request or an error', async () => {
    await post();
    await probe.inject({ url: `/fail?token=${TOKEN}`, headers: { authorization: `Bearer ${TOKEN}` } });
    await probe.inject(`/authorize/${TOKEN}?code=${TOKEN}`);
    await probe.inject(`/nowhere/${TOKEN}?code=${TOKEN}#${TOKEN}`);
    const headers = { 'content-type': 'application/json', cookie: TOKEN };
    await probe.inject({ method: 'POST', url: '/things/1', headers, payload: `{"token":${TOKEN}` });
    await probe.inject({ method: 'POST', url: '/things/1', headers: { 'content-type': 'text/plain' }, payload: TOKEN });
    await probe.inject(`/%zz/${TOKEN}`);
    expect(finished().length).toBeGreaterThanOrEqual(6);
    expect(probe.lines.join('')).not.toContain(TOKEN);
    expect(probe.logged().find(({ context }) => context === 'ErrorFilter')).toMatchObject({
      level: 'error',
      msg: 'unexpected',
      err: { code: 'E_ODD' },
    });
  });

  it('tells routes of middleware by their path, with what may be a handle masked', async () => {
    await probe.inject('/authorize?client_id=c');
    await probe.inject(`/authorize/${TOKEN}`);
    await probe.inject('/nowhere/1?x=2');
    expect(finished().map(({ route }) => route)).toEqual(['/authorize', '/authorize/…', '/nowhere/1']);
  });

  it('holds probes at the debug level', async () => {
    await probe.inject('/metrics');
    expect(finished()).toEqual([expect.objectContaining({ route: '/metrics', level: 'debug' })]);
  });

  it('is measured at /metrics by route template, method and status', async () => {
    await post();
    await probe.inject(`/authorize/${TOKEN}`);
    await probe.inject('/authorize');
    await probe.inject('/nowhere/1');
    const metrics = await probe.inject('/metrics');
    expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const counted = [...metrics.body.matchAll(/^http_request_duration_seconds_count\{(.*)\} 1$/gm)].map((m) => m[1]);
    expect(counted).toEqual([
      'method="POST",route="/things/:id",status="201"',
      'method="GET",route="/authorize/…",status="200"',
      'method="GET",route="/authorize",status="200"',
      'method="GET",route="(not found)",status="404"',
    ]);
    expect(metrics.body).toContain('process_cpu_seconds_total');
  });

  it('is measured under one label where no route matched, whatever is refused there', async () => {
    const json = { 'content-type': 'application/json' };
    await probe.inject({ method: 'POST', url: '/pppa', headers: json, payload: '{' });
    await probe.inject({ method: 'POST', url: '/pppb', headers: json, payload: '"\\u0000"' });
    await probe.inject({ method: 'POST', url: '/pppc', headers: { 'content-type': 'text/odd' }, payload: 'x' });
    await probe.inject('/zzza%00');
    await probe.inject('/zzzb');
    const { body } = await probe.inject('/metrics');
    const routes = [...body.matchAll(/^http_request_duration_seconds_count\{.*route="(.*?)"/gm)].map(
      (match) => match[1],
    );
    expect(new Set(routes)).toEqual(new Set(['(not found)']));
    expect(body).toContain('route="(not found)",status="400"');
  });

  it('is measured under the path of middleware also where the server refuses the request before it', async () => {
    await probe.app.close();
    const rateLimits = ['/authorize', '/nowhere'].map(
      (path) => ({ name: path, paths: [path], perMinute: 1, by: 'address' }) as const,
    );
    probe = await openProbeApp(TalkativeModule, { rateLimits });
    for (const url of ['/authorize', '/authorize', '/nowhere', '/nowhere']) await probe.inject(url);
    const { body } = await probe.inject('/metrics');
    expect(body).toContain('route="/authorize",status="429"');
    expect(body).toContain('route="(not found)",status="429"');
  });
});
