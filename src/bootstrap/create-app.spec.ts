import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  All,
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  ForbiddenException,
  Get,
  Header,
  HttpException,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  Res,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { openProbeApp, type ProbeApp } from './probe-app.fake.js';

class Part {
  @IsString()
  readonly name!: string;
}

class Sample {
  @IsInt()
  readonly bpm!: number;

  @ValidateNested()
  @Type(() => Part)
  readonly part!: Part;
}

class Page {
  @IsInt()
  @Type(() => Number)
  readonly limit!: number;
}

/** An error of the protocol, by shape alone. */
class TicketError extends Error {
  readonly status = 403;
  readonly headers = { 'www-authenticate': 'UMA realm="x"' };

  toBody(): object {
    return { error: 'need_info', ticket: 'T' };
  }
}

const THROWN: Readonly<Record<string, () => Error>> = {
  ticket: () => new TicketError(),
  unknown: () => new Error('the database password is hush'),
  unauthorized: () => new UnauthorizedException(),
  forbidden: () => new ForbiddenException('Not yours.'),
  missing: () => new NotFoundException('hush'),
  conflict: () => new ConflictException('It exists.'),
  unavailable: () => new ServiceUnavailableException('hush'),
  teapot: () => new HttpException('Short and stout.', 418),
  named: () => new BadRequestException({ error: 'invalid_scope', error_description: 'No such scope.' }),
  fastify: () => Object.assign(new Error('hush'), { statusCode: 422 }),
};

@Controller()
class ProbeController {
  @Post('samples')
  sample(@Body() sample: Sample): unknown {
    return { isInstance: sample instanceof Sample, bpm: sample.bpm, part: sample.part };
  }

  @Get('page')
  page(@Query() page: Page): unknown {
    return page;
  }

  @Post('form')
  form(@Body() body: Record<string, unknown>): unknown {
    return body;
  }

  @Post('uma/raw')
  raw(@Body() body: unknown): unknown {
    return { type: typeof body, body };
  }

  @Get('page.html')
  @Header('content-security-policy', "default-src 'none'")
  html(): string {
    return '<p>own policy</p>';
  }

  @Get('scopes/:scope')
  scope(@Param('scope') scope: string): unknown {
    return { scope };
  }

  @All('throw/:what')
  fail(@Param('what') what: string): never {
    throw THROWN[what]?.() ?? new Error(what);
  }

  @Get('text')
  @Header('content-type', 'text/plain; charset=utf-8')
  text(): never {
    throw new TicketError();
  }

  @Get('partial')
  partial(@Res() reply: FastifyReply): never {
    reply.raw.writeHead(200, { 'content-type': 'text/plain' });
    reply.raw.write('part');
    throw new Error('in the middle');
  }

  @Get('address')
  address(@Req() request: FastifyRequest): unknown {
    return { ip: request.ip };
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const answer = (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse) => {
      response.end(request.originalUrl);
    };
    const fail = (): never => {
      throw new TicketError();
    };
    consumer.apply(answer).forRoutes('/token', '/.well-known/openid-configuration');
    consumer.apply(fail).forRoutes('/failing');
  }
}

describe('a server', () => {
  let probe: ProbeApp;

  beforeAll(async () => {
    probe = await openProbeApp(ProbeModule, { bodyLimitBytes: 2000 });
  });

  afterAll(() => probe.app.close());

  describe('reads bodies', () => {
    it('into instances of their classes', async () => {
      const answer = await probe.inject({ method: 'POST', url: '/samples', payload: { bpm: 70, part: { name: 'x' } } });
      expect(answer.json()).toEqual({ isInstance: true, bpm: 70, part: { name: 'x' } });
    });

    it('and refuses what breaks a rule or was not declared, naming the members but no value', async () => {
      const payload = { bpm: 'hush', part: { name: 7 }, 'ev"ilé': 1 };
      const answer = await probe.inject({ method: 'POST', url: '/samples', payload });
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.json()).toEqual({
        error: 'invalid_request',
        error_description:
          'property ev?il? should not exist; bpm must be an integer number; part.name must be a string',
      });
    });

    it('of forms, with a repeated parameter as an array', async () => {
      const answer = await probe.inject({
        method: 'POST',
        url: '/form',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'ticket=1&ticket=2&scope=a%20b',
      });
      expect(answer.json()).toEqual({ ticket: ['1', '2'], scope: 'a b' });
    });

    it('below /uma/ as text, so that repeated members can be found', async () => {
      const payload = '{"a":1,"a":2}';
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const answer = await probe.inject({ method: 'POST', url: '/uma/raw', headers, payload });
      expect(answer.json()).toEqual({ type: 'string', body: payload });
      const escaped = await probe.inject({ method: 'POST', url: '/%75ma/raw/', headers, payload });
      expect(escaped.json()).toEqual({ type: 'string', body: payload });
    });

    it.each([
      ['in a path', 'GET', '/scopes/a%00b', undefined, undefined],
      ['in a query', 'GET', '/page?limit=1%00', undefined, undefined],
      ['in a form', 'POST', '/form', 'application/x-www-form-urlencoded', 'name=a%00b'],
      ['in the name of a form field', 'POST', '/form', 'application/x-www-form-urlencoded', 'a%00b=c'],
      ['deep in JSON', 'POST', '/form', 'application/json', '{"a":[{"b":"c\\u0000d"}]}'],
      ['in JSON that is handed on as text', 'POST', '/uma/raw', 'application/json', '{"name":"a\\u0000b"}'],
    ] as const)('and refuses the character NUL %s', async (_where, method, url, type, payload) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const answer = await probe.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toEqual({
        error: 'invalid_request',
        error_description: 'Text must not hold the character NUL.',
      });
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it.each([
      ['malformed JSON', 'application/json', '{"token":hush}', 400, 'invalid_request'],
      ['empty JSON', 'application/json', '', 400, 'invalid_request'],
      ['JSON that pollutes prototypes', 'application/json', '{"__proto__":{"hush":1}}', 400, 'invalid_request'],
      ['JSON of too many levels', 'application/json', '['.repeat(33) + ']'.repeat(33), 400, 'invalid_request'],
      ['another content type', 'text/plain', 'hush', 400, 'invalid_request'],
      ['too large a body', 'application/json', `{"a":"${'hush'.repeat(600)}"}`, 413, 'payload_too_large'],
    ])('and refuses %s as OAuth errors are', async (_what, type, payload, status, error) => {
      const answer = await probe.inject({ method: 'POST', url: '/form', headers: { 'content-type': type }, payload });
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({ error, error_description: expect.any(String) as string });
      expect(answer.body).not.toContain('hush');
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('of JSON with 32 levels', async () => {
      const payload = `${'['.repeat(31)}{}${']'.repeat(31)}`;
      const headers = { 'content-type': 'application/json' };
      const answer = await probe.inject({ method: 'POST', url: '/form', headers, payload });
      expect([answer.statusCode, answer.body]).toEqual([201, payload]);
    });

    it('and queries alike', async () => {
      expect((await probe.inject('/page?limit=5')).json()).toEqual({ limit: 5 });
      expect((await probe.inject('/page?limit=x')).json()).toMatchObject({ error: 'invalid_request' });
    });
  });

  describe('answers errors', () => {
    it.each([
      ['ticket', 403, { error: 'need_info', ticket: 'T' }],
      ['unknown', 500, { error: 'server_error' }],
      ['unauthorized', 401, { error: 'login_required', error_description: 'Unauthorized' }],
      ['forbidden', 403, { error: 'access_denied', error_description: 'Not yours.' }],
      ['missing', 404, { error: 'not_found' }],
      ['conflict', 409, { error: 'conflict', error_description: 'It exists.' }],
      ['unavailable', 503, { error: 'temporarily_unavailable' }],
      ['teapot', 418, { error: 'invalid_request', error_description: 'Short and stout.' }],
      ['named', 400, { error: 'invalid_scope', error_description: 'No such scope.' }],
      ['fastify', 422, { error: 'invalid_request', error_description: 'The request cannot be read.' }],
    ])('of kind %s with status %i, as JSON that nobody stores', async (what, status, body) => {
      const answer = await probe.inject(`/throw/${what}`);
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toEqual(body);
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('with the headers that the error brings', async () => {
      expect((await probe.inject('/throw/ticket')).headers['www-authenticate']).toBe('UMA realm="x"');
    });

    it('as JSON also where the route answers with something else, and finds nothing odd about that', async () => {
      const before = probe.lines.length;
      const answer = await probe.inject('/text');
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([403, 'application/json; charset=utf-8']);
      expect(answer.json()).toEqual({ error: 'need_info', ticket: 'T' });
      expect(probe.logged().slice(before)).toMatchObject([{ msg: 'request finished' }]);
    });

    it('of middleware like those of routes', async () => {
      const answer = await probe.inject('/failing');
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toEqual({ error: 'need_info', ticket: 'T' });
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'www-authenticate': 'UMA realm="x"' });
    });

    it('of an unknown address without repeating it', async () => {
      const answer = await probe.inject('/nowhere?token=hush');
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toEqual({ error: 'not_found' });
    });

    it('of an address that cannot be decoded', async () => {
      const answer = await probe.inject('/scopes/%zz');
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ error: 'invalid_request' });
    });

    it('in the middle of an answer by ending it', async () => {
      const answer = await probe.inject('/partial');
      expect([answer.statusCode, answer.body]).toEqual([200, 'part']);
    });

    it('and logs once, with the trace, those that are our own fault, and no others', async () => {
      const before = probe.lines.length;
      await probe.inject('/throw/forbidden');
      const answer = await probe.inject({
        url: '/throw/unknown',
        headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
      });
      expect(answer.body).not.toContain('hush');
      const errors = probe
        .logged()
        .slice(before)
        .filter(({ level }) => level === 'error');
      expect(errors).toEqual([
        expect.objectContaining({
          context: 'ErrorFilter',
          traceId: 'a'.repeat(32),
          err: expect.objectContaining({
            type: 'Error',
            stack: expect.stringContaining('create-app.spec') as string,
          }) as object,
        }),
      ]);
    });
  });

  it('ignores a trailing slash, and takes a URL as a parameter', async () => {
    expect((await probe.inject('/page/?limit=1')).statusCode).toBe(200);
    const scope = `https://scopes.example.org/${'x'.repeat(150)}`;
    expect((await probe.inject(`/scopes/${encodeURIComponent(scope)}`)).json()).toEqual({ scope });
  });

  it('believes no X-Forwarded-For unless told whose to believe', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expect((await probe.inject({ url: '/address', headers })).json()).toEqual({ ip: '127.0.0.1' });
    const trusting = await openProbeApp(ProbeModule, { trustProxy: ['loopback'] });
    expect((await trusting.inject({ url: '/address', headers })).json()).toEqual({ ip: '192.0.2.1' });
    await trusting.app.close();
  });

  it('lets scripts of other origins in only where it is told to, before any guard (RS-13)', async () => {
    const preflight = { origin: 'https://viewer.example', 'access-control-request-method': 'GET' };
    const asked = { method: 'OPTIONS', url: '/page', headers: preflight } as const;
    expect((await probe.inject(asked)).headers).not.toHaveProperty('access-control-allow-origin');
    const open = await openProbeApp(ProbeModule, {
      crossOrigin: {
        origin: '*',
        credentials: false,
        methods: ['GET'],
        allowedHeaders: ['Authorization'],
        exposedHeaders: ['WWW-Authenticate'],
        maxAge: 600,
      },
    });
    const answer = await open.inject(asked);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'Authorization',
      'access-control-max-age': '600',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    const read = await open.inject({ url: '/page?limit=1', headers: { origin: 'https://viewer.example' } });
    expect(read.headers).toMatchObject({ 'access-control-expose-headers': 'WWW-Authenticate' });
    await open.app.close();
  });

  describe('tells browsers', () => {
    const POLICY =
      "default-src 'self';img-src 'self' data:;base-uri 'none';form-action 'self';frame-ancestors 'none';object-src 'none'";

    it.each(['/page?limit=1', '/nowhere', '/throw/unknown', '/token'])(
      'at %s to run only what is ours, to frame nothing and to tell nobody where they were',
      async (url) => {
        expect((await probe.inject(url)).headers).toMatchObject({
          'content-security-policy': POLICY,
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
        });
      },
    );

    it('the policy of a route that has its own', async () => {
      expect((await probe.inject('/page.html')).headers['content-security-policy']).toBe("default-src 'none'");
    });

    it('the directives that the server adds', async () => {
      const other = await openProbeApp(ProbeModule, { contentSecurityPolicy: { 'connect-src': ["'self'", 'wss:'] } });
      const policy = (await other.inject('/nowhere')).headers['content-security-policy'];
      expect(policy).toBe(`${POLICY};connect-src 'self' wss:`);
      await other.app.close();
    });
  });

  describe('describes its API', () => {
    it('at /openapi.json', async () => {
      const description = (await probe.inject('/openapi.json')).json<{ info: object; paths: object }>();
      expect(description.info).toMatchObject({ title: 'Probe' });
      expect(Object.keys(description.paths)).toContain('/samples');
    });

    it('at /docs, with styles inside of the page but no scripts', async () => {
      const page = await probe.inject('/docs');
      expect(page.body).toContain('<title>Probe</title>');
      expect(page.body).not.toMatch(/<script[^>]*>\s*[^<\s]/);
      expect(page.headers['content-security-policy']).toContain("style-src 'self' 'unsafe-inline'");
      expect(page.headers['content-security-policy']).not.toContain('script-src');
      expect((await probe.inject('/docs/swagger-ui-init.js')).statusCode).toBe(200);
      expect((await probe.inject('/docs/swagger-ui.css')).statusCode).toBe(200);
      expect((await probe.inject('/docsx')).headers['content-security-policy']).not.toContain('unsafe-inline');
    });
  });

  it('whose address has a path serves its routes below it, and its metadata where RFC 8414 inserts it', async () => {
    const below = await openProbeApp(ProbeModule, { basePath: '/t1' });
    expect((await below.inject('/t1/page?limit=2')).json()).toEqual({ limit: 2 });
    expect((await below.inject('/t1/token?x=1')).body).toBe('/token?x=1');
    expect((await below.inject('/.well-known/openid-configuration/t1')).body).toBe('/.well-known/openid-configuration');
    expect((await below.inject('/t2/token')).statusCode).toBe(404);
    await below.app.close();
  });
});
