import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ServerProcess } from './server-process.js';

const LISTENS = "process.send({ type: 'other' }); process.send({ type: 'listening' });";
const STAYS = 'setInterval(() => undefined, 1000);';

describe('a server of the demo', () => {
  let folder: string;
  let servers: ServerProcess[];
  const start = (code: string, environment: Record<string, string> = {}): ServerProcess => {
    const script = join(folder, 'server.js');
    writeFileSync(script, code);
    const server = new ServerProcess({
      name: 'heart server',
      script,
      environment,
      logFile: join(folder, 'server.log'),
    });
    servers.push(server);
    return server;
  };
  const log = (): string => readFileSync(join(folder, 'server.log'), 'utf8');

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'pulsegate-server-')));
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });

  it('runs until it is stopped, and writes its log', async () => {
    const server = start(`console.log('a line'); ${LISTENS} ${STAYS}`);
    await server.listening;
    await server.stop();
    expect(await server.ended).toBe('SIGTERM');
    expect(log()).toBe('a line\n');
  });

  it('hears that the demo world is complete', async () => {
    const server = start(`process.on('message', ({ type }) => { console.log(type); process.exit(); }); ${LISTENS}`);
    await server.listening;
    server.seeded();
    expect(await server.ended).toBe('exit code 0');
    expect(log()).toBe('seeded\n');
    // Nobody is there any more to be told.
    server.seeded();
  });

  it('that ends before it listens fails with what it said last', async () => {
    const server = start(`process.stderr.write('server: port 4000 is in use.\\n'); process.exitCode = 1;`);
    await expect(server.listening).rejects.toThrow(/^server: port 4000 is in use\.$/);
  });

  it('that ends without a word before it listens fails with how it ended', async () => {
    await expect(start('process.exitCode = 3;').listening).rejects.toThrow(
      'The heart server did not start (exit code 3).',
    );
  });

  it('passes on what it complains about, once it listens', async () => {
    const complaints = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const server = start(`
      process.stderr.write('first\\n');
      process.on('message', () => process.stderr.write('second\\n', () => process.exit()));
      ${LISTENS}`);
    await server.listening;
    server.seeded();
    await server.ended;
    expect(complaints.mock.calls.map(([words]) => words.toString()).join('')).toBe('first\nsecond\n');
  });

  it('has the settings of the machine and its own, but not those of other servers', async () => {
    Object.assign(process.env, { MACHINE: 'mine', SHARED: 'machine', DATABASE_URL: 'postgres://elsewhere' });
    const environment = 'const { MACHINE, SHARED, DATABASE_URL } = process.env;';
    const server = start(
      `${environment} console.log(JSON.stringify([MACHINE, SHARED, DATABASE_URL, process.cwd()]));`,
      {
        SHARED: 'demo',
      },
    );
    for (const name of ['MACHINE', 'SHARED', 'DATABASE_URL']) Reflect.deleteProperty(process.env, name);
    await server.ended;
    expect(JSON.parse(log())).toEqual(['mine', 'demo', null, folder]);
  });

  it('that does not end when it is asked to is ended', async () => {
    const server = start(`process.on('SIGTERM', () => process.send({ type: 'stubborn' })); ${LISTENS} ${STAYS}`);
    await server.listening;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const stopped = server.stop();
    jest.advanceTimersByTime(12_000);
    jest.useRealTimers();
    await stopped;
    expect(await server.ended).toBe('SIGKILL');
  });

  it('ends at once when the launcher does', async () => {
    const before = process.listeners('exit');
    const server = start(`process.on('SIGTERM', () => undefined); ${LISTENS} ${STAYS}`);
    await server.listening;
    for (const listener of process.listeners('exit')) if (!before.includes(listener)) listener(0);
    expect(await server.ended).toBe('SIGKILL');
    expect(process.listeners('exit')).toEqual(before);
  });
});
