import type { Verdict } from '../suite/conformance-case.js';

/** The verdicts as a Markdown table, for a document. */
export function toMarkdown(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ id, level, title, status, detail }) =>
    [id, level, status === 'fail' ? '**fail**' : status, cell(title), cell(detail)].join(' | '),
  );
  const lines = ['id | level | status | requirement | detail', '--- | --- | --- | --- | ---', ...rows];
  return lines.map((line) => `| ${line} |`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ');
