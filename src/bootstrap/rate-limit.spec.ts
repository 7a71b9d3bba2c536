import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  Controller,
  Get,
  Headers,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { fastify } from 'fastify';

import { openProbeApp, type ProbeApp } from './probe-app.fake.js';
import { limitRates, RateLimits } from './rate-limit.js';
import { rememberArrivals } from './route-label.js';

@Controller()
class LimitedController {
  @Get('secrets')
  secret(@Headers('authorization') authorization: string | undefined): string {
    if (!/right/i.test(authorization ?? '')) throw new UnauthorizedException();
    return 'ok';
  }

  @Get('resources/:id/heart-rate')
  read(): string {
    return 'ok';
  }

  @Get('resources/:id/heart-rate/latest')
  latest(): string {
    return 'ok';
  }

  @Post('sign-in')
  signIn(): string {
    return 'ok';
  }

  @Get('sign-in')
  form(): string {
    return 'ok';
  }
}

@Module({ controllers: [LimitedController] })
class LimitedModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((_request: IncomingMessage, response: ServerResponse) => response.end('token'))
      .forRoutes('/token', '/TOKEN');
  }
}

const basic = (client: string, secret = 's') => ({
  authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`,
});

describe('rate limits', () => {
  let probe: ProbeApp;
  const statusOf = async (method: 'GET' | 'HEAD' | 'POST', url: string, headers = {}, remoteAddress = '192.0.2.1') =>
    (await probe.inject({ method, url, headers, remoteAddress })).statusCode;

  beforeEach(async () => {
    probe = await openProbeApp(LimitedModule, {
      rateLimits: [
        { name: 'sign-in', method: 'POST', paths: ['/sign-in'], perMinute: 2, by: 'address' },
        { name: 'token', method: 'POST', paths: ['/token'], perMinute: 2, by: 'client' },
        { name: 'secrets', paths: ['/secrets'], perMinute: 3, by: 'client' },
        { name: 'reads', method: 'GET', paths: ['/resources/*/heart-rate/**'], perMinute: 2, by: 'client' },
      ],
    });
  });

  afterEach(() => probe.app.close());

  it('answer slow_down with the seconds to wait', async () => {
    await statusOf('POST', '/sign-in');
    await statusOf('POST', '/sign-in');
    const answer = await probe.inject({ method: 'POST', url: '/sign-in', remoteAddress: '192.0.2.1' });
    expect(answer.statusCode).toBe(429);
    expect(answer.json()).toMatchObject({ error: 'slow_down' });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('count each address by itself, one method and one path', async () => {
    expect(await statusOf('POST', '/sign-in')).toBe(201);
    expect(await statusOf('POST', '/sign-in')).toBe(201);
    expect(await statusOf('POST', '/sign-in')).toBe(429);
    expect(await statusOf('POST', '/sign-in', {}, '192.0.2.2')).toBe(201);
    expect(await statusOf('GET', '/sign-in')).toBe(200);
  });

  it('protect routes of middleware, however their path is written', async () => {
    expect(await statusOf('POST', '/token')).toBe(200);
    expect(await statusOf('POST', '/TOKEN')).toBe(200);
    expect(await statusOf('POST', '/%74oken')).toBe(429);
    expect(await statusOf('POST', '/token/?x=1')).toBe(429);
    expect(await statusOf('POST', '/tokens')).toBe(404);
    expect(await statusOf('POST', '/%zz')).toBe(400);
  });

  it('count clients by their name, whatever their secret', async () => {
    expect(await statusOf('POST', '/token', basic('one'))).toBe(200);
    expect(await statusOf('POST', '/token', basic('one', 'guess'))).toBe(200);
    expect(await statusOf('POST', '/token', basic('one', 'another'))).toBe(429);
    expect(await statusOf('POST', '/token', basic('two'))).toBe(200);
  });

  it('let nobody spend the budget of a client at another address', async () => {
    for (const guess of ['1', '2', '3']) await statusOf('POST', '/token', basic('victim', guess), '198.51.100.1');
    expect(await statusOf('POST', '/token', basic('victim'))).toBe(200);
  });

  it.each([
    ['Bearer', (index: number) => `Bearer guess-${index}`],
    ['Basic', (index: number) => basic(`guess-${index}`).authorization],
  ])('end with the refusals of an address, however many %s credentials it invents', async (_scheme, guess) => {
    const answers: number[] = [];
    for (let index = 0; index < 6; index++) {
      answers.push(await statusOf('GET', '/secrets', { authorization: guess(index) }));
    }
    expect(answers).toEqual([401, 401, 401, 429, 429, 429]);
    expect(await statusOf('GET', '/secrets', { authorization: 'Bearer right' })).toBe(429);
    expect(await statusOf('GET', '/secrets', { authorization: 'Bearer right' }, '192.0.2.2')).toBe(200);
  });

  it('let callers without credentials spend nothing of those who have some', async () => {
    for (let index = 0; index < 4; index++) await statusOf('GET', '/secrets');
    expect(await statusOf('GET', '/secrets')).toBe(429);
    expect(await statusOf('GET', '/secrets', { authorization: 'Bearer right' })).toBe(200);
  });

  it('count bearers by their token, the rest by address, and HEAD as GET', async () => {
    const [first, second] = [{ authorization: 'Bearer a' }, { authorization: 'bearer b' }];
    expect(await statusOf('GET', '/resources/1/heart-rate', first)).toBe(200);
    expect(await statusOf('HEAD', '/resources/2/heart-rate/latest', first)).toBe(200);
    expect(await statusOf('GET', '/resources/1/heart-rate', first)).toBe(429);
    expect(await statusOf('GET', '/resources/1/heart-rate', second)).toBe(200);
    expect(await statusOf('GET', '/resources/1/heart-rate')).toBe(200);
    expect(await statusOf('GET', '/resources/1/heart-rate', { authorization: 'Digest x' })).toBe(200);
    expect(await statusOf('GET', '/resources/1/heart-rate')).toBe(429);
    expect(await statusOf('GET', '/resources/1/2/heart-rate')).toBe(404);
  });

  it('tell clients apart however long they call themselves', async () => {
    const long = 'x'.repeat(2_000);
    for (const status of [200, 200, 429]) expect(await statusOf('POST', '/token', basic(`${long} one`))).toBe(status);
    expect(await statusOf('POST', '/token', basic(`${long} other`))).toBe(200);
  });

  it('let others go on who look at the answer after them', async () => {
    const server = fastify();
    rememberArrivals(server);
    limitRates(server, new RateLimits([{ name: 'all', paths: ['/**'], perMinute: 10, by: 'address' }]));
    const seen = new Promise((resolve) => {
      server.addHook('onResponse', (_request, { statusCode }, done) => {
        resolve(statusCode);
        done();
      });
    });
    server.get('/', () => 'ok');
    await server.inject('/');
    expect(await seen).toBe(200);
    await server.close();
  });
});
