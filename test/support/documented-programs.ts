import { readFileSync } from 'node:fs';

/**
 * The first program below a heading of a page of the documentation, as it stands there.
 *
 * @throws Error when there is none
 */
export function documentedProgram(page: string, heading: string): string {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(`\n### ${heading}\n`);
  const program = /^```\w+\n([^]*?)^```$/m.exec(from < 0 ? '' : text.slice(from))?.[1];
  if (program === undefined) throw new Error(`There is no program below ${heading} in ${page}.`);
  return program;
}
