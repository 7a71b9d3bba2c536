import type { CaseReport } from '../suite/conformance-case.js';

/** The reports as JUnit XML, one `testcase` a case, with its level and clauses as properties. */
export function toJunit(reports: readonly CaseReport[], suite: string): string {
  const of = (status: CaseReport['status']): number => reports.filter((report) => report.status === status).length;
  const counts = `tests="${reports.length}" failures="${of('fail')}" skipped="${of('skip')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escape(suite)}" ${counts}>`,
    ...reports.map(testcase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testcase({ id, level, title, status, detail, clauses, durationMs }: CaseReport): string {
  const name = escape(`${id} ${title}`);
  const properties = [
    ['level', level],
    ['clauses', clauses.join(', ')],
  ].map(([key, value]) => `<property name="${key ?? ''}" value="${escape(value ?? '')}"/>`);
  const outcome = {
    pass: '',
    fail: `<failure message="${escape(detail)}"/>`,
    skip: `<skipped message="${escape(detail)}"/>`,
  }[status];
  const seconds = (durationMs / 1000).toFixed(3);
  const inside = `<properties>${properties.join('')}</properties>${outcome}`;
  return `    <testcase classname="${escape(id)}" name="${name}" time="${seconds}">${inside}</testcase>`;
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  // Control characters cannot stand in XML 1.0 at all.
  return text.replace(/[\u0000-\u001f]/g, ' ').replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
