// `npm run soak`: many sensors and viewers for a while; nothing that was acknowledged may be lost. See docs/benchmarks.md.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chooseCores } from './measure/cores.js';
import { StartedProcess, typescript } from './measure/started-process.js';
import { parseSoakOptions, type SoakOptions } from './soak/options.js';
import { type Scene, startScene } from './soak/scene.js';
import type { Minute, Result } from './soak/soak-load.js';
import { lookFor } from './soak/stored.js';
import { complaints, growthOf, inMegabytes, MOST_GROWTH } from './soak/verdict.js';

const MINUTE_MS = 60_000;
const percent = (part: number): string => `${Math.round(part * 100)} %`;
const say = (words: string): void => void process.stdout.write(`${words}\n`);

try {
  await soak(parseSoakOptions(process.argv.slice(2)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
// A connection that was kept alive is no reason to stay.
process.exit();

async function soak(options: SoakOptions): Promise<void> {
  if (!existsSync('dist/main.js')) throw new Error('There is no built output: run `npm run build` first.');
  const folder = mkdtempSync(join(tmpdir(), 'pulsegate-soak-'));
  const endings: (() => Promise<unknown>)[] = [];
  const cores = chooseCores();
  const run = { folder, cores, later: (ending: () => Promise<unknown>) => void endings.push(ending) };
  const { sensors, viewers, minutes, database } = options;
  say(
    `${sensors} sensors, ${viewers} viewers, ${minutes} minutes, ${database}; Node ${process.version}; ${cores.inWords}.`,
  );
  try {
    const scene = await startScene(run, options);
    const words = typescript(new URL('./soak/soak-load.process.ts', import.meta.url));
    const load = await StartedProcess.start({ name: 'soak-load', words, folder, core: cores.load });
    run.later(() => load.stop());
    await load.ask({ type: 'open', load: scene.load }, 'done');
    const held = await runFor(minutes, scene, load);
    const result = (await load.ask({ type: 'result' }, 'result')) as unknown as Result;
    await judge(scene, held, result);
  } finally {
    for (const ending of endings.reverse()) await ending();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns what the resource server held in memory at the end of each minute, in bytes */
async function runFor(minutes: number, { resourceServer }: Scene, load: StartedProcess): Promise<readonly number[]> {
  const held: number[] = [];
  while (held.length < minutes) {
    const before = await resourceServer.process.meter();
    const minute = (await load.ask({ type: 'run', milliseconds: MINUTE_MS }, 'ran')) as unknown as Minute;
    const used = (await resourceServer.process.meter()).cpuMicros - before.cpuMicros;
    const resident = residentBytes(resourceServer.process.pid);
    held.push(await resourceServer.process.memory());
    const { acknowledged, delivered, p50Ms, p99Ms, longestMs, loadBusy } = minute;
    say(
      `minute ${held.length}: memory ${inMegabytes(held.at(-1) ?? NaN)} held, ${inMegabytes(resident)} resident; ` +
        `${acknowledged} acknowledged, ${delivered} delivered; delivery p50 ${p50Ms.toFixed()} ms, p99 ${p99Ms.toFixed()} ms, ` +
        `longest ${longestMs.toFixed()} ms; ` +
        `the server used ${percent(used / 1000 / MINUTE_MS)} of a core, the load ${percent(loadBusy)}`,
    );
  }
  return held;
}

async function judge({ load, database }: Scene, heldBytes: readonly number[], result: Result): Promise<void> {
  const times = new Map(load.sensors.map(({ resource }, index) => [resource, result.acknowledged[index] ?? []]));
  const { stored, lost } = await lookFor(times, database);
  const acknowledged = result.acknowledged.reduce((sum, { length }) => sum + length, 0);
  say(
    `${acknowledged} acknowledged, ${stored} stored, ${lost} lost; ${result.delivered} delivered, ${result.missed} missed.`,
  );
  const growth = growthOf(heldBytes);
  const most = `at most ${inMegabytes(MOST_GROWTH)}`;
  say(
    growth === undefined
      ? 'Too short to tell whether memory grows.'
      : `Memory grew by ${inMegabytes(growth)} a minute (${most}).`,
  );
  const wrong = complaints({ ...result, acknowledged, lost, heldBytes });
  for (const complaint of wrong) say(`Not good: ${complaint}.`);
  if (wrong.length > 0) process.exitCode = 1;
  else say('Good.');
}

/** @returns NaN where there is no `/proc` */
function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return NaN;
  }
}
