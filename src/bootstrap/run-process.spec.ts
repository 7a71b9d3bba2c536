import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type BeforeApplicationShutdown,
  Controller,
  type DynamicModule,
  Get,
  Injectable,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Agent, type Dispatcher, getGlobalDispatcher, request, setGlobalDispatcher } from 'undici';

import { ClientEnvironment } from '../config/client.environment.js';
import { HealthModule } from './health.module.js';
import type { ProcessHost } from './process-host.js';
import { type ProcessDescription, runProcess } from './run-process.js';
import { ONE_PRESS_MS, REQUESTS_MS, SHUTDOWN_MS, shutDownOnSignals } from './shutdown.js';

/** A request that is under way until the test lets it end, and rooms that tell when they end. */
@Injectable()
class Slow implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly events: string[] = [];
  readonly started = new EventEmitter();
  finish: () => void = () => undefined;
  flushing: Promise<void> = Promise.resolve();
  ending: Promise<void> = Promise.resolve();

  async answer(): Promise<string> {
    const finished = new Promise<void>((resolve) => {
      this.finish = resolve;
    });
    this.started.emit('started');
    await finished;
    this.events.push('request finished');
    return 'done';
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.events.push('before shutdown');
    this.started.emit('closing');
    await this.flushing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ending;
    this.events.push('shutdown');
  }
}

@Controller()
class SlowController {
  constructor(private readonly slow: Slow) {}

  @Get('slow')
  async read(): Promise<string> {
    return this.slow.answer();
  }
}

@Module({})
class RoomsModule {
  static register(slow: Slow, isSeeded: () => boolean): DynamicModule {
    const demo = {
      name: 'demo world',
      check: () => (isSeeded() ? Promise.resolve() : Promise.reject(new Error('being seeded'))),
    };
    return {
      module: RoomsModule,
      imports: [HealthModule.register({ checks: [demo] })],
      controllers: [SlowController],
      providers: [{ provide: Slow, useValue: slow }],
    };
  }
}

/** A process of our own making: it records what is written and sent, and how it would have ended. */
class FakeProcess extends EventEmitter implements ProcessHost {
  readonly argv: string[] = ['node', 'main.js'];
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly sent: unknown[] = [];
  readonly exits: number[] = [];
  readonly stdout = { write: (text: string) => this.out.push(text) };
  readonly stderr = { write: (text: string) => this.err.push(text) };

  constructor(
    readonly env: Record<string, string>,
    private readonly directory: string,
  ) {
    super();
  }

  cwd(): string {
    return this.directory;
  }

  exit(code: number): void {
    this.exits.push(code);
    this.emit('exited');
  }

  send(message: unknown): void {
    this.sent.push(message);
  }

  url(): string {
    return (this.sent[0] as { url: string }).url;
  }
}

describe('a process', () => {
  let directory: string;
  let slow: Slow;
  let lines: string[];
  let host: FakeProcess;
  let before: Dispatcher;
  const description: ProcessDescription<ClientEnvironment> = {
    name: 'client',
    environment: ClientEnvironment,
    module: (_environment, demo) => RoomsModule.register(slow, () => demo.isSeeded()),
    appOptions: () => ({
      rateLimits: [],
      openApi: { title: 'Client' },
      logDestination: { write: (line) => lines.push(line) },
    }),
  };
  const start = async (variables: Record<string, string> = {}) => {
    host = new FakeProcess({ CLIENT_PORT: '0', CLIENT_SECRET: 'hush-hush', ...variables }, directory);
    await runProcess(description, host);
    return host;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'process-'));
    slow = new Slow();
    lines = [];
    before = getGlobalDispatcher();
  });

  afterEach(async () => {
    if (host.sent.length > 0 && host.exits.length === 0) {
      slow.finish();
      host.emit('SIGTERM');
      await once(host, 'exited');
    }
    setGlobalDispatcher(before);
    rmSync(directory, { recursive: true });
  });

  it('listens, logs that it does, and tells the process that started it where', async () => {
    await start();
    expect(host.sent).toEqual([
      { type: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string },
    ]);
    expect(lines.some((line) => line.includes(`Listening on ${host.url()}`))).toBe(true);
    expect((await request(`${host.url()}/health/live`)).statusCode).toBe(200);
  });

  it('logs what is odd about its configuration', async () => {
    writeFileSync(join(directory, 'config.ini'), 'gluuServerAddess = as.example.org');
    await start({ LEGACY_CONFIG: 'config.ini' });
    expect(lines.some((line) => line.includes('gluuServerAddess'))).toBe(true);
  });

  it('is ready once the demo world is seeded', async () => {
    await start();
    expect((await request(`${host.url()}/health/ready`)).statusCode).toBe(503);
    host.emit('message', { type: 'other' });
    host.emit('message', undefined);
    expect((await request(`${host.url()}/health/ready`)).statusCode).toBe(503);
    host.emit('message', { type: 'seeded' });
    expect((await request(`${host.url()}/health/ready`)).statusCode).toBe(200);
  });

  it('with a wrong configuration ends with code 78 and names what is wrong, not how', async () => {
    await start({ CLIENT_PORT: 'hush-hush' });
    expect(host.exits).toEqual([78]);
    expect(host.err.join('')).toContain('CLIENT_PORT must be a whole number in digits');
    expect(host.err.join('')).not.toContain('hush-hush');
  });

  it('with --print-config shows its configuration and starts nothing', async () => {
    host = new FakeProcess({ CLIENT_SECRET: 'hush-hush' }, directory);
    host.argv.push('--print-config');
    await runProcess(description, host);
    expect(host.out.join('')).toMatch(/^CLIENT_SECRET +\[redacted\] +environment/m);
    expect(host.out.join('')).not.toContain('hush-hush');
    expect([host.sent, host.exits, readdirSync(directory)]).toEqual([[], [], []]);
  });

  it('with a word that it does not know says so and starts nothing', async () => {
    host = new FakeProcess({ CLIENT_SECRET: 'hush-hush' }, directory);
    host.argv.push('--print-confg');
    await runProcess(description, host);
    expect(host.err.join('')).toContain('--print-confg: only --print-config is understood');
    expect([host.sent, host.exits, readdirSync(directory)]).toEqual([[], [78], []]);
  });

  it('whose port is in use says so in one line, with the variable to change, and ends with code 1', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    await start({ CLIENT_PORT: String(port) });
    occupant.close();
    expect(host.exits).toEqual([1]);
    expect(host.err).toEqual([
      `client: port ${port} is in use: stop what listens there, or set CLIENT_PORT to another port.\n`,
    ]);
    expect(slow.events).toContain('shutdown');
  });

  it.each(['192.0.2.1', 'hush-hush.invalid'])(
    'whose HOST (%s) is none of the machine’s ends with code 78 and names the variable, not its value',
    async (HOST) => {
      await start({ HOST });
      expect(host.exits).toEqual([78]);
      expect(host.err.join('')).toContain('HOST must be an address of this machine, or a name of one');
      expect(host.err.join('')).not.toContain(HOST);
      expect(slow.events).toContain('shutdown');
    },
  );

  it('whose rooms cannot be made ends with code 1', async () => {
    host = new FakeProcess({ CLIENT_SECRET: 'hush-hush' }, directory);
    await runProcess({ ...description, module: () => Promise.reject(new Error('no database')) }, host);
    expect([host.err, host.exits]).toEqual([['client: no database\n'], [1]]);
  });

  it.each(['SIGTERM', 'SIGINT', 'disconnect'])(
    'on %s turns new requests away, finishes the others, ends its rooms, and exits with code 0',
    async (reason) => {
      await start();
      let flushed: () => void = () => undefined;
      slow.flushing = new Promise((resolve) => {
        flushed = resolve;
      });
      const started = once(slow.started, 'started');
      const underWay = request(`${host.url()}/slow`, { dispatcher: new Agent({ keepAliveTimeout: 60_000 }) });
      await started;
      const [closing, exited] = [once(slow.started, 'closing'), once(host, 'exited')];
      host.emit(reason);
      await closing;
      const late = await request(`${host.url()}/health/live`);
      expect([late.statusCode, late.headers['connection'], await late.body.json()]).toEqual([
        503,
        'close',
        { error: 'temporarily_unavailable', error_description: 'The server is shutting down.' },
      ]);
      flushed();
      slow.finish();
      const answer = await underWay;
      expect([answer.statusCode, answer.headers['connection'], await answer.body.text()]).toEqual([
        200,
        'close',
        'done',
      ]);
      await exited;
      expect(host.exits).toEqual([0]);
      expect(slow.events).toEqual(['before shutdown', 'request finished', 'shutdown']);
    },
  );

  describe('whose clients keep a connection busy with nothing', () => {
    let connection: Socket | undefined;
    /** Opens a connection, sends text on it, and comes back when the server has it. */
    const send = async (text: string) => {
      connection = connect(Number(new URL(host.url()).port), '127.0.0.1');
      connection.on('error', () => undefined);
      await once(connection, 'connect');
      connection.write(text);
      // Connections are taken in the order in which they came.
      await request(`${host.url()}/health/live`);
    };

    afterEach(() => {
      jest.useRealTimers();
      connection?.destroy();
    });

    it.each([
      ['sent nothing', ''],
      ['sent half of a request', 'GET /health/live HTTP/1.1\r\nhost: '],
      ['had an answer and began another request', 'GET /metrics HTTP/1.1\r\nhost: a\r\n\r\nGET /metrics'],
    ])('does not wait for one that %s', async (_what, text) => {
      await start();
      await send(text);
      host.emit('SIGTERM');
      await once(host, 'exited');
      expect(host.exits).toEqual([0]);
      expect(slow.events).toEqual(['before shutdown', 'shutdown']);
      expect(lines.some((line) => line.includes('broken off'))).toBe(false);
    });

    it.each([
      ['a request that is not answered', 'GET /slow HTTP/1.1\r\nhost: a\r\n\r\n'],
      ['a body that does not come', 'POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf'],
    ])('breaks %s off in time for its rooms to end', async (_what, text) => {
      await start();
      await send(text);
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const [closing, exited] = [once(slow.started, 'closing'), once(host, 'exited')];
      host.emit('SIGTERM');
      await closing;
      jest.advanceTimersByTime(REQUESTS_MS);
      await exited;
      expect(host.exits).toEqual([0]);
      expect(slow.events).toEqual(['before shutdown', 'shutdown']);
      expect(lines.some((line) => line.includes('broken off'))).toBe(true);
    });
  });

  it('exits at once with code 1 when somebody insists, but not when another signal or an echo of the first comes', async () => {
    await start();
    let end: () => void = () => undefined;
    slow.ending = new Promise((resolve) => {
      end = resolve;
    });
    host.emit('SIGINT');
    host.emit('SIGTERM');
    host.emit('disconnect');
    expect(host.exits).toEqual([]);
    host.emit('SIGINT');
    expect(host.exits).toEqual([]);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + ONE_PRESS_MS + 1);
    host.emit('SIGINT');
    expect(host.exits).toEqual([1]);
    end();
    await once(host, 'exited');
  });

  it('exits with code 1 when its rooms take too long to end', async () => {
    await start();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    slow.ending = new Promise(() => undefined);
    host.emit('SIGTERM');
    jest.advanceTimersByTime(SHUTDOWN_MS - 1);
    expect(host.exits).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(host.exits).toEqual([1]);
    expect(lines.at(-1)).toContain('The server did not end in time.');
    jest.useRealTimers();
  });

  it('logs why a room failed to end, and lets the others end', async () => {
    await start();
    slow.ending = Promise.reject(new Error('cannot flush'));
    slow.ending.catch(() => undefined);
    host.emit('SIGTERM');
    await once(host, 'exited');
    expect(host.exits).toEqual([0]);
    expect(lines.some((line) => line.includes('cannot flush'))).toBe(true);
  });

  it('exits with code 1 when the server itself cannot be closed', async () => {
    host = new FakeProcess({}, directory);
    shutDownOnSignals(
      { close: () => Promise.reject(new Error('cannot close')), getHttpServer: createHttpServer },
      host,
    );
    host.emit('SIGTERM');
    await once(host, 'exited');
    expect(host.exits).toEqual([1]);
  });
});
