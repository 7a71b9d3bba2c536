import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { format, resolveConfig } from 'prettier';

import type { Entry } from './entry.js';
import { blockOf, type Kept, merged, withBlock } from './kept-results.js';

/** Where results are kept. */
export const KEPT = 'docs/benchmarks.json';
const README = 'README.md';

/** Keeps the results that count, in the place of earlier ones of the same name, and shows all that are kept in the README. */
export async function record(entries: readonly Entry[]): Promise<void> {
  const kept = merged(JSON.parse(readFileSync(KEPT, 'utf8')) as readonly Kept[], entries.map(withPlace));
  await writeFormatted(KEPT, JSON.stringify(kept));
  await writeFormatted(README, withBlock(readFileSync(README, 'utf8'), blockOf(kept)));
}

function withPlace(entry: Entry): Kept {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.replaceAll(/\s+/g, ' ').trim() ?? 'unknown processor'}`;
  return { ...entry, date: new Date().toISOString().slice(0, 10), node: process.version, machine };
}

async function writeFormatted(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
