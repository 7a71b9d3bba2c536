import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePortBase } from '../../test/support/free-port.js';
import type { DemoOptions } from './demo-options.js';
import { requireFreePorts } from './free-ports.js';
import { launch } from './launch.js';

/** A server that lets everybody in and has what seeding wants; it ends when it is asked for `/end`. */
const SERVER = `
  const { createServer } = require('node:http');
  const { AS_PORT, RS_PORT, CLIENT_PORT } = process.env;
  const home = '<form><input type="hidden" name="csrf_token" value="token" /></form>';
  const things = [{ id: 'heart', name: 'Heart rate', url: 'http://heart', credential: 'strap' }];
  createServer(({ method, url }, response) => {
    if (url === '/end') process.exit(7);
    const isApi = url.startsWith('/api/');
    const body = !isApi ? home : JSON.stringify(method === 'POST' ? things[0] : things);
    response.writeHead(isApi || !url.startsWith('/socket.io') ? 200 : 503, { 'content-type': 'text/html' }).end(body);
  }).listen(Number(AS_PORT ?? RS_PORT ?? CLIENT_PORT), '127.0.0.1', () => process.send({ type: 'listening' }));
`;
const OPTIONS: DemoOptions = { speed: 1, originalTimes: false, reset: false };

describe('the launcher', () => {
  let scripts: string;
  let data: string;
  let portBase: number;
  let said: string[];
  let onSaid: (line: string) => void;
  let ending: AbortController;

  const script = (name: string, code: string): void => {
    writeFileSync(join(scripts, `main.${name}.js`), code);
  };
  const start = (options: Partial<DemoOptions> = {}): Promise<void> =>
    launch(
      { ...OPTIONS, portBase, ...options },
      {
        scripts,
        dataFolder: data,
        signal: ending.signal,
        say: (line) => {
          said.push(line);
          onSaid(line);
        },
      },
    );
  /** Runs until the launcher says this, then ends it. */
  const runUntil = async (words: string, options: Partial<DemoOptions> = {}): Promise<void> => {
    onSaid = (line) => {
      if (line.includes(words)) ending.abort();
    };
    await start(options);
    ending = new AbortController();
  };
  const demoFile = (): string => join(data, `port-base-${portBase}`, 'demo.json');
  const expectNobodyListens = (): Promise<void> => requireFreePorts([30, 40, 80].map((offset) => portBase + offset));

  beforeEach(async () => {
    scripts = mkdtempSync(join(tmpdir(), 'pulsegate-launch-'));
    data = join(scripts, '.data');
    portBase = await freePortBase();
    [said, onSaid, ending] = [[], () => undefined, new AbortController()];
    for (const name of ['authorization-server', 'resource-server', 'client']) script(name, SERVER);
  });
  afterEach(() => {
    rmSync(scripts, { recursive: true });
  });

  it('says what is ready and where, and stops everything when it is told to end', async () => {
    await runUntil('Press Ctrl-C');
    expect([...said.slice(0, 3)].sort()).toEqual([
      `✓ authorization server listens on http://localhost:${portBase + 80}`,
      `✓ client server listens on http://localhost:${portBase + 30}`,
      `✓ resource server listens on http://localhost:${portBase + 40}`,
    ]);
    expect(said[3]).toBe('✓ demo world is complete');
    expect(said.join('\n')).toContain(`http://localhost:${portBase + 30}/open?resource=http%3A%2F%2Fheart`);
    expect(said.at(-1)).toBe('All servers have stopped.');
    await expectNobodyListens();
  });

  it('leaves what exists alone at the next start', async () => {
    await runUntil('Press Ctrl-C');
    const first = readFileSync(demoFile(), 'utf8');
    expect(JSON.parse(first)).toMatchObject({ seeded: { resource: 'http://heart', chestStrap: 'strap' } });
    await runUntil('Press Ctrl-C');
    expect(readFileSync(demoFile(), 'utf8')).toBe(first);
  });

  it('makes a new world with --reset', async () => {
    await runUntil('Press Ctrl-C');
    const first = readFileSync(demoFile(), 'utf8');
    await runUntil('Press Ctrl-C', { reset: true });
    expect(readFileSync(demoFile(), 'utf8')).not.toBe(first);
  });

  it('starts nothing and takes nothing away while a port is in use', async () => {
    await runUntil('Press Ctrl-C');
    said = [];
    const occupant = createServer().listen(portBase + 40, '127.0.0.1');
    await once(occupant, 'listening');
    await expect(start({ reset: true })).rejects.toThrow(`Port ${portBase + 40} is in use`);
    occupant.close();
    expect(said).toEqual([]);
    expect(existsSync(demoFile())).toBe(true);
  });

  it('stops the others when a server does not start, and tells why', async () => {
    script('client', "process.stderr.write('client: the viewer page is not built.\\n'); process.exitCode = 1;");
    await expect(start()).rejects.toThrow(/^client: the viewer page is not built\.$/);
    expect(said.at(-1)).toBe('All servers have stopped.');
    await expectNobodyListens();
  });

  it('stops the others when a server ends, and tells which', async () => {
    onSaid = (line) => {
      if (line.includes('Press Ctrl-C')) void fetch(`http://127.0.0.1:${portBase + 40}/end`).catch(() => undefined);
    };
    await expect(start()).rejects.toThrow('The resource server has ended (exit code 7).');
    await expectNobodyListens();
  });

  it('tells at which door seeding ended, and seeds again at the next start', async () => {
    script('authorization-server', SERVER.replace('csrf_token', 'other'));
    await expect(start()).rejects.toThrow(`alice could not sign in at http://localhost:${portBase + 80}`);
    script('authorization-server', SERVER);
    await runUntil('Press Ctrl-C');
    expect(said).toContain('✓ demo world is complete');
  });

  it('ends without a complaint when it is told to while the servers are starting', async () => {
    script('client', 'setInterval(() => undefined, 1000);');
    await runUntil('✓ resource server');
    expect(said.at(-1)).toBe('All servers have stopped.');
  });

  it('calls no server ready that begins to listen after it was told to end', async () => {
    const begun = JSON.stringify(join(scripts, 'begun'));
    script(
      'client',
      `setInterval(() => undefined, 1000);
       process.once('SIGTERM', () => process.send({ type: 'listening' }, () => process.exit(0)));
       require('node:fs').writeFileSync(${begun}, '');`,
    );
    script(
      'resource-server',
      `const looking = setInterval(() => {
         if (!require('node:fs').existsSync(${begun})) return;
         clearInterval(looking);
         ${SERVER}
       }, 5);`,
    );
    await runUntil('✓ resource server');
    expect(said).not.toContain(`✓ client server listens on http://localhost:${portBase + 30}`);
    expect(said.at(-1)).toBe('All servers have stopped.');
  });

  it('starts, writes and takes away nothing when it was told to end before', async () => {
    ending.abort();
    await start();
    expect(said).toEqual([]);
    expect(existsSync(data)).toBe(false);
  });

  it('tells of a recording that cannot be read before it starts or writes anything', async () => {
    const file = join(scripts, 'run.csv');
    writeFileSync(file, 'not,a\nheart,rate\n');
    await expect(start({ replay: file })).rejects.toThrow('run.csv');
    expect(said).toEqual([]);
    expect(existsSync(data)).toBe(false);
  });

  it('replays a recording in place of the simulated heart', async () => {
    const file = join(scripts, 'run.csv');
    writeFileSync(file, 'time,heart_rate\n2026-03-01T12:00:00Z,70\n2026-03-01T12:00:01Z,71\n');
    await runUntil('Replaying 2 heart rates of', { replay: file, timeZone: 'Europe/Berlin' });
    expect(said).toContain(
      `Replaying 2 heart rates of ${file}, ${said.find((line) => /until (.*)/.test(line))?.replace(/.*(until .*)/, '$1') ?? ''}`,
    );
  });

  it('starts nothing in a folder that is not the demo’s', async () => {
    mkdirSync(join(data, `port-base-${portBase}`), { recursive: true });
    writeFileSync(join(data, `port-base-${portBase}`, 'client.sqlite'), '');
    await expect(start({ reset: true })).rejects.toThrow('it is not the demo’s'.replace('’', "'"));
  });
});
