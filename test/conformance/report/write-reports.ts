import { writeFileSync } from 'node:fs';

import type { Options } from '../options.js';
import type { CaseReport } from '../suite/conformance-case.js';
import { toJson } from './json.js';
import { toJunit } from './junit.js';
import { toMarkdown } from './markdown.js';

const SUITE = 'UMA 2.0 conformance';

/**
 * Writes the files that were asked for. A run takes minutes: where one cannot be written, the others are all the same.
 *
 * @returns a sentence for each that could not be written
 */
export function writeReports(
  reports: readonly CaseReport[],
  { json, junit, markdown }: Pick<Options, 'json' | 'junit' | 'markdown'>,
): readonly string[] {
  const wanted = [
    [json, toJson],
    [junit, (all: readonly CaseReport[]) => toJunit(all, SUITE)],
    [markdown, (all: readonly CaseReport[]) => `${toMarkdown(all)}\n`],
  ] as const;
  return wanted.flatMap(([file, write]) => (file === undefined ? [] : problemsOf(file, write(reports))));
}

function problemsOf(file: string, content: string): readonly string[] {
  try {
    writeFileSync(file, content);
    return [];
  } catch (error) {
    const { code = 'for an unknown reason' } = Object(error) as { readonly code?: string };
    return [`${file} cannot be written (${code}).`];
  }
}
