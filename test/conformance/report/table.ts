import type { Verdict } from '../suite/conformance-case.js';

const MARKS = { pass: 'pass', fail: 'FAIL', skip: 'skip' } as const;

/** The verdicts as lines of text: id, level, status, title, and below it why a case did not pass. */
export function toTable(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map(({ id }) => id.length), 0);
  const lines = verdicts.flatMap(({ id, level, title, status, detail }) => {
    const line = `${id.padEnd(width)}  ${level}  ${MARKS[status]}  ${title}`;
    return detail === '' ? [line] : [line, `${' '.repeat(width)}            ${detail}`];
  });
  return [...lines, '', closingLine(verdicts)].join('\n');
}

function closingLine(verdicts: readonly Verdict[]): string {
  const of = (status: Verdict['status']): number => verdicts.filter((verdict) => verdict.status === status).length;
  return `${of('pass')} passed, ${of('fail')} failed, ${of('skip')} skipped`;
}
