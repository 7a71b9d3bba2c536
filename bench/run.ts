// `npm run bench`: measures our servers against others on the same machine, in turns. See docs/benchmarks.md.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { FETCHABLE, type Fetchable } from './contestants/fetch.js';
import type { Line } from './line.js';
import { LINES } from './lines/index.js';
import { chooseCores, type Cores } from './measure/cores.js';
import { measureLine } from './measure/measure-line.js';
import { type Options, parseOptions, USAGE } from './options.js';
import type { Entry } from './report/entry.js';
import { record } from './report/record.js';
import { remarks, table } from './report/table.js';

const say = (words: string): void => void process.stderr.write(`${words}\n`);

try {
  await obey(parseOptions(process.argv.slice(2)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
// A connection that was kept alive is no reason to stay.
process.exit();

async function obey(options: Options): Promise<void> {
  if (options.list) {
    list();
    return;
  }
  if (options.fetch !== undefined) return fetchContestant(options.fetch);
  const lines = chosenLines(options.names);
  if (!existsSync('dist/main.js')) throw new Error('There is no built output: run `npm run build` first.');
  const cores = chooseCores();
  say(`Node ${process.version}; ${cores.inWords}.`);
  const entries: Entry[] = [];
  for (const line of lines) entries.push(...(await measure(line, cores, options)));
  process.stdout.write(`${table(entries)}\n`);
  for (const remark of remarks(entries)) say(remark);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(entries, null, 2)}\n`);
  if (options.record) await record(entries);
}

/** A line that cannot be measured is no reason to lose the others. */
async function measure(line: Line, cores: Cores, options: Options): Promise<readonly Entry[]> {
  say(`${line.name}: ${line.about}…`);
  const folder = mkdtempSync(join(tmpdir(), 'pulsegate-bench-'));
  try {
    return await measureLine(line, { folder, repository: resolve('.'), cores, ...options });
  } catch (error) {
    say(`${line.name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function chosenLines(names: readonly string[]): readonly Line[] {
  const unknown = names.find((name) => !LINES.some((line) => line.name === name));
  if (unknown !== undefined) throw new Error(`There is nothing called ${unknown}.\n${USAGE}`);
  return names.length === 0 ? LINES : LINES.filter(({ name }) => names.includes(name));
}

function list(): void {
  for (const { name, about, goals } of LINES) {
    const inWords = Object.entries(goals).map(([entry, goal]) => (entry === name ? goal : `${entry} ${goal}`));
    process.stdout.write(`${name}\t${inWords.join(', ')}\t${about}\n`);
  }
}

async function fetchContestant(word: string): Promise<void> {
  const contestant = Object.entries<Fetchable>(FETCHABLE).find(([name]) => name === word)?.[1];
  if (contestant === undefined) throw new Error(`There is nothing called ${word}.\n${USAGE}`);
  if (!contestant.isHere()) await contestant.fetch();
  say(`${contestant.name} is here.`);
}
