import { resolve } from 'node:path';

import { type Options, parseOptions, USAGE, UsageError } from './options.js';
import { planOf } from './plan.js';
import { exitStatus } from './report/exit-status.js';
import { toTable } from './report/table.js';
import { writeReports } from './report/write-reports.js';
import { allCases } from './cases/all-cases.js';
import { testAll } from './test-all.js';
import { redact } from './suite/redact.js';
import { unknownOf } from './suite/selection.js';

const complain = (sentence: string): void => void process.stderr.write(`${redact(sentence)}\n`);

async function run(options: Options): Promise<number> {
  const [unknown] = unknownOf(options.only, allCases);
  if (unknown !== undefined) throw new UsageError(`There is no case ${unknown}.`);
  const plan = planOf(options, resolve(process.env['DATA_DIR'] ?? '.data'));
  const reports = await testAll(plan, options.only, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${toTable(reports)}\n`);
  if (reports.length === 0) complain('No case was run: those that were named are of a party that is not tested.');
  const problems = writeReports(reports, options);
  problems.forEach(complain);
  return problems.length > 0 ? 2 : exitStatus(reports);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(`${USAGE}\n`);
  else process.exitCode = await run(options);
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) process.stderr.write(`\n${USAGE}\n`);
  process.exitCode = 2;
}
