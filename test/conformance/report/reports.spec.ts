import { XMLParser, XMLValidator } from 'fast-xml-parser';

import type { CaseReport } from '../suite/conformance-case.js';
import { exitStatus } from './exit-status.js';
import { toJson } from './json.js';
import { toJunit } from './junit.js';
import { toMarkdown } from './markdown.js';
import { toTable } from './table.js';

const report = (changes: Partial<CaseReport> = {}): CaseReport => ({
  id: 'T17',
  level: 'P0',
  title: 'a share is granted',
  status: 'pass',
  detail: '',
  clauses: ['GRANT-3.3.5-a'],
  durationMs: 12,
  ...changes,
});
const failed = report({ id: 'T20.1', status: 'fail', detail: 'It answered 200 <"ok">\u0007 & | more.' });
const skipped = report({ id: 'T33', level: 'P1', status: 'skip', detail: 'There is no such endpoint.' });

describe('the reports of a conformance run', () => {
  it('write JSON as an array of id, level, title, status and detail alone', () => {
    expect(JSON.parse(toJson([report(), failed]))).toEqual([
      { id: 'T17', level: 'P0', title: 'a share is granted', status: 'pass', detail: '' },
      { id: 'T20.1', level: 'P0', title: 'a share is granted', status: 'fail', detail: failed.detail },
    ]);
    expect(JSON.parse(toJson([]))).toEqual([]);
  });

  it('write well-formed JUnit with counts, clauses and reasons', () => {
    const xml = toJunit([report(), failed, skipped], 'UMA 2.0 & more');
    expect(XMLValidator.validate(xml)).toBe(true);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(xml) as Record<string, never>;
    expect(testsuites).toMatchObject({
      '@_tests': '3',
      '@_failures': '1',
      '@_skipped': '1',
      testsuite: {
        '@_name': 'UMA 2.0 & more',
        testcase: [
          { '@_name': 'T17 a share is granted', '@_time': '0.012' },
          { failure: { '@_message': 'It answered 200 <"ok">  & | more.' } },
          { skipped: { '@_message': 'There is no such endpoint.' } },
        ],
      },
    });
    expect(xml).toContain('<property name="clauses" value="GRANT-3.3.5-a"/>');
  });

  it('write a table with the reason below a case that did not pass', () => {
    expect(toTable([report(), skipped])).toBe(
      [
        'T17  P0  pass  a share is granted',
        'T33  P1  skip  a share is granted',
        '               There is no such endpoint.',
        '',
        '1 passed, 0 failed, 1 skipped',
      ].join('\n'),
    );
  });

  it('write a Markdown table that no text breaks', () => {
    const row = toMarkdown([failed]).split('\n')[2];
    expect(row).toBe('| T20.1 | P0 | **fail** | a share is granted | It answered 200 &lt;"ok">\u0007 & \\| more. |');
  });

  it.each([
    [0, [report(), report({ level: 'P2', status: 'fail' }), report({ level: 'P2', status: 'skip' })]],
    [1, [report(), failed]],
    [1, [report({ level: 'P1', status: 'fail' })]],
    [1, [skipped]],
    [1, [report({ status: 'skip' })]],
    [1, []],
  ] as const)('end with exit status %i', (status, reports) => {
    expect(exitStatus(reports)).toBe(status);
  });
});
