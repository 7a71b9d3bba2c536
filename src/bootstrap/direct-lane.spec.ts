import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { Body, Controller, Get, Headers, Ip, Module, type OnModuleInit, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { request } from 'undici';

import { freePort } from '../../test/support/free-port.js';
import { type DirectAnswer, type DirectRequest, DirectRoutes } from '../common/direct-routes.js';
import { currentTrace } from '../common/trace.js';
import type { AppOptions } from './app-options.js';
import { openProbeApp, type ProbeApp } from './probe-app.fake.js';

const FORM = 'application/x-www-form-urlencoded';
const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** An error that tells its own answer, by shape alone. */
class TicketError extends Error {
  readonly status = 403;
  readonly headers = { 'www-authenticate': 'UMA realm="x"' };

  toBody(): object {
    return { error: 'need_info', ticket: 'T' };
  }
}

/** What the direct route does with a request. */
type Way = (request: DirectRequest) => DirectAnswer | undefined | Promise<DirectAnswer | undefined>;

let way: Way;
/** What the direct read does with a parameter. */
let look: (parameter: string) => DirectAnswer | undefined;

@Controller()
class CountController implements OnModuleInit {
  constructor(private readonly routes: DirectRoutes) {}

  onModuleInit(): void {
    const answer = (direct: DirectRequest) => Promise.resolve(direct).then((given) => way(given));
    this.routes.add({ path: '/count', mediaType: FORM, answer });
    this.routes.add({ path: '/read', mediaType: 'application/json', answer });
    this.routes.addRead({
      path: '/things/:id/size',
      cacheControl: 'private',
      answer: (id) => Promise.resolve(id).then((given) => look(given)),
    });
  }

  @Get('things/:id/size')
  size(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): object {
    void reply.header('cache-control', 'private');
    return { by: 'framework', id };
  }

  @Post('count')
  count(
    @Body() body: unknown,
    @Ip() ip: string,
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): object {
    if (authorization === 'Bearer wrong') throw new TicketError();
    void reply.code(200).header('cache-control', 'no-store');
    return { by: 'framework', body, ip };
  }

  @Post('read')
  read(@Body() body: unknown): object {
    return { by: 'framework', body };
  }
}

@Module({ controllers: [CountController] })
class CountModule {}

interface Got {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Record<string, unknown>;
}

describe('the direct lane', () => {
  let probe: ProbeApp;
  let port: number;

  async function start(options: Partial<AppOptions> = {}): Promise<void> {
    probe = await openProbeApp(CountModule, options);
    port = await freePort();
    await probe.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port });
  }

  async function post(
    body: string | AsyncIterable<string>,
    headers: Readonly<Record<string, string>> = {},
    path = '/count',
  ): Promise<Got> {
    const url = `http://127.0.0.1:${port}${path}`;
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': FORM, ...headers },
      body: typeof body === 'string' ? body : (body as never),
    });
    return { status: answer.statusCode, headers: answer.headers, body: (await answer.body.json()) as Got['body'] };
  }

  beforeEach(() => {
    way = ({ body }) => ({ status: 200, body: { by: 'lane', body } });
    look = (id) => ({ status: 200, body: { by: 'lane', id } });
  });

  afterEach(() => probe.app.close());

  it('answers what is ordinary, with the headers that every answer of the server has', async () => {
    await start();
    const direct = await post('a=1');
    expect(direct).toMatchObject({ status: 200, body: { by: 'lane', body: 'a=1' } });
    way = () => undefined;
    const usual = await post('a=1');
    expect(usual.body['by']).toBe('framework');
    expect(comparable(direct.headers)).toEqual(comparable(usual.headers));
    expect(direct.headers['content-security-policy']).toContain("default-src 'self'");
  });

  describe('for what is read', () => {
    async function get(path: string, options: Parameters<typeof request>[1] = {}): Promise<Got> {
      const answer = await request(`http://127.0.0.1:${port}${path}`, options);
      const text = await answer.body.text();
      const body = (text === '' ? {} : JSON.parse(text)) as Got['body'];
      return { status: answer.statusCode, headers: answer.headers, body };
    }

    it('answers with the headers that the framework gives, and by the parameter of the path', async () => {
      await start();
      const direct = await get('/things/a_B-9/size');
      expect(direct.body).toEqual({ by: 'lane', id: 'a_B-9' });
      look = () => undefined;
      const usual = await get('/things/a_B-9/size');
      expect(usual.body).toEqual({ by: 'framework', id: 'a_B-9' });
      expect(comparable(direct.headers)).toEqual(comparable(usual.headers));
      expect(direct.headers['cache-control']).toBe('private');
    });

    it.each([
      ['a query', '/things/a/size?access_token=x', {}],
      ['a slash at the end', '/things/a/size/', {}],
      ['a parameter with escapes', '/things/%61/size', {}],
      ['no parameter', '/things//size', {}],
      ['more of a path', '/things/a/b/size', {}],
      ['another method', '/things/a/size', { method: 'HEAD' as const }],
      ['a call of a script of another origin', '/things/a/size', { headers: { origin: 'https://other.test' } }],
      ['a body', '/things/a/size', { body: '{}' }],
    ])('does not look at %s', async (_what, path, options) => {
      await start();
      look = () => {
        throw new Error('This is none of the lane.');
      };
      const { status, body } = await get(path, options);
      expect([200, 404]).toContain(status);
      expect(body['by']).not.toBe('lane');
    });

    it('answers errors as the framework does', async () => {
      await start();
      look = () => {
        throw new TicketError();
      };
      const { status, headers } = await get('/things/a/size');
      expect([status, headers['cache-control'], headers['www-authenticate']]).toEqual([
        403,
        'no-store',
        'UMA realm="x"',
      ]);
    });

    it('spends from the limits of its path, and is logged and measured by its template', async () => {
      const limit = { name: 'things', method: 'GET', paths: ['/things/**'], perMinute: 2, by: 'address' } as const;
      await start({ rateLimits: [limit] });
      const answers = [await get('/things/a/size'), await get('/things/b/size'), await get('/things/c/size')];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      const finished = probe.logged().filter(({ msg }) => msg === 'request finished');
      expect(finished.map(({ route }) => route)).toEqual(Array.from({ length: 3 }, () => '/things/:id/size'));
      const metrics = await probe.inject({ method: 'GET', url: '/metrics' });
      expect(metrics.body).toContain('_count{method="GET",route="/things/:id/size",status="200"} 2');
    });
  });

  it('reads characters of several bytes as they are', async () => {
    await start();
    expect((await post('name=Zoë ♥')).body['body']).toBe('name=Zoë ♥');
  });

  it('leaves a request to the framework with its body as it came', async () => {
    await start();
    way = () => setImmediate().then(() => undefined);
    for (const text of ['b', 'x'.repeat(16_000)]) {
      expect((await post(`a=${text}`)).body).toEqual({ by: 'framework', body: { a: text }, ip: '127.0.0.1' });
    }
  });

  it.each([
    ['another content type', '{}', { 'content-type': 'application/json' }],
    ['another character set', 'a=1', { 'content-type': `${FORM}; charset=latin1` }],
    ['a long body', `a=${'x'.repeat(20_000)}`, {}],
    ['a call of a script of another origin', 'a=1', { origin: 'https://other.test' }],
    ['the character NUL', 'a=%00', {}],
    ['a body of unknown length', chunks('a=', '1'), {}],
  ])('does not look at %s', async (_what, body, headers) => {
    await start();
    way = () => {
      throw new Error('This is none of the lane.');
    };
    const { status, body: answer } = await post(body, headers);
    expect(answer['by'] === 'framework' || status === 400).toBe(true);
    expect(answer['error']).not.toBe('server_error');
  });

  it('takes a character set that says what is usual', async () => {
    await start();
    expect((await post('a=1', { 'content-type': `${FORM}; charset=UTF-8` })).body['by']).toBe('lane');
  });

  it('leaves other methods and paths to the framework', async () => {
    await start();
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/count`);
    expect(statusCode).toBe(404);
    await body.dump();
    expect((await post('a=1', {}, '/count?x=1')).body['by']).toBe('framework');
    expect((await post('a=1', {}, '/count/')).body['by']).toBe('framework');
  });

  it('finds its routes below the base path', async () => {
    await start({ basePath: '/t1' });
    expect((await post('a=1', {}, '/t1/count')).body['by']).toBe('lane');
    expect((await post('{}', { 'content-type': 'application/json' }, '/t1/read')).body['by']).toBe('lane');
  });

  it('keeps to a body limit that is smaller than its own', async () => {
    await start({ bodyLimitBytes: 10 });
    expect(await post('a=12345678901')).toMatchObject({ status: 413 });
    expect(await post('a=1')).toMatchObject({ status: 200, body: { by: 'lane' } });
  });

  it('answers errors as the framework does, and logs those that are our own fault', async () => {
    await start();
    way = () => {
      throw new TicketError();
    };
    const direct = await post('a=1');
    expect(direct).toMatchObject({ status: 403, body: { error: 'need_info', ticket: 'T' } });
    expect(direct.headers).toMatchObject({ 'www-authenticate': 'UMA realm="x"', 'cache-control': 'no-store' });
    expect(probe.logged().filter(({ level }) => level === 'error')).toEqual([]);
    way = () => {
      throw new Error('the secret is 42');
    };
    expect(await post('a=1')).toMatchObject({ status: 500, body: { error: 'server_error' } });
    expect(probe.logged().filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('spends from the same limits, once for a request that it leaves to the framework', async () => {
    await start({ rateLimits: [{ name: 'count', method: 'POST', paths: ['/count'], perMinute: 2, by: 'client' }] });
    way = () => undefined;
    expect((await post('a=1')).status).toBe(200);
    way = () => ({ status: 200, body: {} });
    expect((await post('a=1')).status).toBe(200);
    const refused = await post('a=1');
    expect(refused).toMatchObject({ status: 429, body: { error: 'slow_down' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await post('a=1', { 'content-type': 'application/json' })).status).toBe(429);
  });

  it('counts refused credentials, however many somebody invents', async () => {
    await start({ rateLimits: [{ name: 'count', paths: ['/count'], perMinute: 2, by: 'client' }] });
    way = () => ({ status: 401, body: {} });
    const answers: number[] = [];
    for (const guess of ['a', 'b', 'c']) answers.push((await post('a=1', { authorization: `Bearer ${guess}` })).status);
    expect(answers).toEqual([401, 401, 429]);
  });

  it('believes a trusted proxy about who calls, and nobody else', async () => {
    const rateLimits = [{ name: 'count', paths: ['/count'], perMinute: 1, by: 'address' } as const];
    await start({ trustProxy: ['127.0.0.1'], rateLimits });
    const from = async (address: string) => (await post('a=1', { 'x-forwarded-for': address })).status;
    expect([await from('192.0.2.1'), await from('192.0.2.2'), await from('192.0.2.1')]).toEqual([200, 200, 429]);
    await probe.app.close();
    await start({ rateLimits });
    expect([await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([200, 429]);
  });

  it('runs in the trace of its caller, and is logged and measured by its route', async () => {
    await start();
    let seen: string | undefined;
    way = () => {
      seen = currentTrace()?.traceId;
      return { status: 201, body: {} };
    };
    await post('secret=1', { traceparent: `00-${TRACE}-b7ad6b7169203331-01` });
    expect(seen).toBe(TRACE);
    const finished = probe.logged().filter(({ msg }) => msg === 'request finished');
    expect(finished).toEqual([
      expect.objectContaining({ method: 'POST', route: '/count', status: 201, traceId: TRACE }) as unknown,
    ]);
    const metrics = await probe.inject({ method: 'GET', url: '/metrics' });
    expect(metrics.body).toContain('http_request_duration_seconds_count{method="POST",route="/count",status="201"} 1');
  });

  it('answers further requests on the connection, and outlives one that breaks off', async () => {
    await start();
    const head = `POST /count HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM}\r\ncontent-length: 3\r\n\r\n`;
    const socket = connect(port, '127.0.0.1');
    for (const [index, split] of [1, 2, 3].entries()) {
      socket.write(head + 'a=1'.slice(0, split));
      await setImmediate();
      socket.write('a=1'.slice(split));
      const answers = await answersOn(socket);
      expect([index, answers.includes('"body":"a=1"')]).toEqual([index, true]);
    }
    socket.write(`${head}a`);
    await setImmediate();
    socket.destroy();
    expect((await post('a=1')).status).toBe(200);
    expect(probe.logged().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('finishes what is under way when the server closes, and takes nothing new', async () => {
    await start();
    let go: () => void = () => undefined;
    const begun = new Promise<void>((begin) => {
      way = () =>
        new Promise((resolve) => {
          go = () => {
            resolve({ status: 200, body: { by: 'lane' } });
          };
          begin();
        });
    });
    const answer = post('a=1');
    await begun;
    const closed = probe.app.close();
    await setImmediate();
    go();
    expect(await answer).toMatchObject({ status: 200, body: { by: 'lane' }, headers: { connection: 'close' } });
    await closed;
    await expect(post('a=1')).rejects.toThrow();
    await start();
  });
});

/** The headers of an answer but for those that differ with its time and its body. */
function comparable({ date, 'content-length': length, ...headers }: Got['headers']): Got['headers'] {
  expect([date, length]).not.toContain(undefined);
  return headers;
}

async function answersOn(socket: Socket): Promise<string> {
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

async function* chunks(...texts: readonly string[]): AsyncIterable<string> {
  for (const text of texts) {
    yield text;
    await setImmediate();
  }
}
