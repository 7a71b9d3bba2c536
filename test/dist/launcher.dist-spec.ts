import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { request } from 'undici';

import type { DemoWorld } from '../../src/demo/demo-world.js';
import { requireFreePorts } from '../../src/demo/free-ports.js';
import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { signInAtClient } from '../support/boot-stack.js';
import { BuiltProcess } from '../support/built-process.js';
import { eventually } from '../support/eventually.js';
import { freePortBase } from '../support/free-port.js';

const RECORDING = `time,heart_rate
2026-03-01T12:00:00Z,70
2026-03-01T12:00:01Z,71
2026-03-01T12:00:01Z,72
2026-03-01T12:00:02Z,0
2026-03-01T12:00:03Z,73
`;

describe('npm start', () => {
  let folder: string;
  let portBase: number;
  let launchers: BuiltProcess[];
  const start = (...words: string[]): BuiltProcess => {
    const launcher = new BuiltProcess('start', { folder, words: ['--port-base', String(portBase), ...words] });
    launchers.push(launcher);
    return launcher;
  };
  const started = async (...words: string[]): Promise<BuiltProcess> => {
    const launcher = start(...words);
    await launcher.until(() => launcher.output.includes('Press Ctrl-C'));
    return launcher;
  };
  const demoFile = (): string => join(folder, '.data', `port-base-${portBase}`, 'demo.json');
  const world = (): DemoWorld => JSON.parse(readFileSync(demoFile(), 'utf8')) as DemoWorld;
  const allPorts = (): number[] => [30, 40, 80].map((offset) => portBase + offset);
  const allFree = (): Promise<boolean> =>
    requireFreePorts(allPorts()).then(
      () => true,
      () => false,
    );
  const alice = (page: string): Promise<Session> => Session.begin(new UserAgent(), page, world().accounts[0]);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pulsegate-start-'));
    portBase = await freePortBase();
    launchers = [];
  });
  afterAll(async () => {
    await Promise.all(launchers.map((launcher) => launcher.stop()));
    rmSync(folder, { recursive: true });
  });

  describe('at the first time', () => {
    let launcher: BuiltProcess;
    beforeAll(async () => {
      launcher = await started();
    });

    it('says what is ready, and where to look', () => {
      for (const line of [
        `✓ authorization server listens on http://localhost:${portBase + 80}`,
        `✓ resource server listens on http://localhost:${portBase + 40}`,
        `✓ client server listens on http://localhost:${portBase + 30}`,
        '✓ demo world is complete',
        `http://localhost:${portBase + 30}/open?resource=http%3A%2F%2Flocalhost%3A${portBase + 40}%2Fresources%2F`,
      ]) {
        expect(launcher.output).toContain(line);
      }
      expect(launcher.complaints).toBe('');
    });

    it('keeps its secrets in a file for its owner alone', () => {
      expect(statSync(demoFile()).mode & 0o777).toBe(0o600);
      expect(launcher.output).toContain(world().registrationToken);
      expect(launcher.output).not.toContain(world().clients.client.clientSecret);
    });

    it('shows Bob a heart that beats', async () => {
      const bob = await signInAtClient(world(), 'bob');
      const resource = world().seeded?.resource ?? '';
      await eventually(async () => ((await bob.open(resource))['samples'] as readonly unknown[]).length > 0);
      const { samples } = (await bob.open(resource)) as { samples: readonly { heartRate: number }[] };
      expect(samples[0]?.heartRate).toBeGreaterThan(40);
      expect(samples[0]?.heartRate).toBeLessThan(200);
    });

    it('serves Alice’s heart rate at /hearthRate, also once Bob has one of his own', async () => {
      const { resourceServer, accounts } = world();
      await Session.begin(new UserAgent(), `${resourceServer}/login?returnTo=/`, accounts[1]);
      const { statusCode, headers, body } = await request(`${resourceServer}/hearthRate`);
      await body.dump();
      expect(statusCode).toBe(401);
      expect(headers['www-authenticate']).toContain('UMA realm=');
    });

    it('does not start a second time beside itself, and names the ports', async () => {
      const second = start('--reset');
      expect(await second.ended).toBe(1);
      expect(second.complaints).toBe(
        `Ports ${portBase + 80}, ${portBase + 40}, ${portBase + 30} are in use: ` +
          'stop what listens there, or choose other ports with --port-base N.\n',
      );
      expect(existsSync(demoFile())).toBe(true);
    });

    it('stops everything on Ctrl-C, which npm may pass on a second time', async () => {
      void launcher.stop('SIGINT');
      expect(await launcher.stop('SIGINT')).toBe(0);
      expect(launcher.output).toMatch(/All servers have stopped\.\n$/);
      expect(await allFree()).toBe(true);
    });
  });

  it('leaves at the next start what exists, and what Alice has withdrawn', async () => {
    const before = readFileSync(demoFile(), 'utf8');
    const first = await started();
    const atAuthorizationServer = await alice(`${world().issuer}/account`);
    const [share] = (await atAuthorizationServer.call('GET', '/api/shares')) as readonly { id: string }[];
    await atAuthorizationServer.call('DELETE', `/api/shares/${share?.id ?? ''}`);
    await first.stop('SIGINT');

    const second = await started();
    expect(readFileSync(demoFile(), 'utf8')).toBe(before);
    const sensors = await (await alice(`${world().resourceServer}/login?returnTo=/`)).call('GET', '/api/sensors');
    expect((sensors as readonly { name: string }[]).map(({ name }) => name)).toEqual([
      'Chest strap',
      'Recording player',
    ]);
    expect(await (await alice(`${world().issuer}/account`)).call('GET', '/api/shares')).toEqual([]);
    await second.stop('SIGINT');
  });

  it('leaves no server behind when it is killed', async () => {
    const launcher = await started();
    expect(await allFree()).toBe(false);
    const servers = childrenOf(launcher.pid);
    expect(servers).toHaveLength(3);
    expect(await launcher.stop('SIGKILL')).toBe('SIGKILL');
    await eventually(() => !servers.some(isAlive));
    expect(await allFree()).toBe(true);
  });

  it('ends at once, and its servers too, when somebody insists', async () => {
    const launcher = await started();
    const servers = childrenOf(launcher.pid);
    for (const server of servers) process.kill(server, 'SIGSTOP'); // they cannot end by themselves
    await eventually(() => {
      if (launcher.runs) void launcher.stop('SIGINT');
      return !launcher.runs;
    });
    expect(await launcher.ended).toBe(1);
    await eventually(() => !servers.some(isAlive));
  });

  it('replays a recording into a new world, tells its counts and goes on', async () => {
    const file = join(folder, 'run.csv');
    writeFileSync(file, RECORDING);
    const launcher = await started('--reset', '--replay', file, '--speed', 'max');
    await launcher.until(() => launcher.output.includes('refused: value_out_of_range'));
    expect(launcher.output).toContain('Replayed: 3 stored, 1 duplicate, 1 refused.\n');
    const { statusCode, body } = await request(`${world().resourceServer}/health/ready`);
    await body.dump();
    expect(statusCode).toBe(200);
    expect(await launcher.stop('SIGINT')).toBe(0);
  });

  it('starts nothing for a recording that is broken', async () => {
    const file = join(folder, 'broken.fit');
    writeFileSync(file, RECORDING.slice(0, 10));
    const launcher = start('--replay', file);
    expect(await launcher.ended).toBe(1);
    expect(launcher.complaints).toMatch(new RegExp(`^${file}: .+\\n$`));
    expect(launcher.output).toBe('');
  });

  it('explains its words', async () => {
    const help = start('--help');
    expect(await help.ended).toBe(0);
    expect(help.output).toContain('Usage: npm start -- [options]');
    const wrong = start('--fast');
    expect(await wrong.ended).toBe(1);
    expect(wrong.complaints).toContain('Usage: npm start -- [options]');
  });
});

/** Process ids of the children of a process; Linux tells without a program, which a small container may lack. */
function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  const told = existsSync(file) ? readFileSync(file, 'utf8') : execFileSync('pgrep', ['-P', String(pid)]).toString();
  return told.trim().split(/\s+/).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
