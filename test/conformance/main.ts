import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { type Options, parseOptions, USAGE, UsageError } from './options.js';
import { planOf } from './plan.js';
import { exitStatus } from './report/exit-status.js';
import { toJson } from './report/json.js';
import { toJunit } from './report/junit.js';
import { toMarkdown } from './report/markdown.js';
import { toTable } from './report/table.js';
import { testAll } from './test-all.js';
import { redact } from './suite/redact.js';

const SUITE = 'UMA 2.0 conformance';

async function run(options: Options): Promise<number> {
  const plan = planOf(options, resolve(process.env['DATA_DIR'] ?? '.data'));
  const reports = await testAll(plan, options.only, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${toTable(reports)}\n`);
  if (options.json !== undefined) writeFileSync(options.json, toJson(reports));
  if (options.junit !== undefined) writeFileSync(options.junit, toJunit(reports, SUITE));
  if (options.markdown !== undefined) writeFileSync(options.markdown, `${toMarkdown(reports)}\n`);
  return exitStatus(reports);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(`${USAGE}\n`);
  else process.exitCode = await run(options);
} catch (error) {
  const said = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${redact(said)}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${USAGE}\n`);
  process.exitCode = 2;
}
