import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CaseReport } from '../suite/conformance-case.js';
import { writeReports } from './write-reports.js';

const REPORT: CaseReport = {
  id: 'T17',
  level: 'P0',
  title: 'a share is granted',
  status: 'pass',
  detail: '',
  clauses: ['GRANT-3.3.5-a'],
  durationMs: 12,
};

describe('the files of a conformance run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'conformance-reports-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  it('are those that were asked for', () => {
    expect(writeReports([REPORT], { json: join(folder, 'a.json'), markdown: join(folder, 'a.md') })).toEqual([]);
    expect(JSON.parse(read('a.json'))).toHaveLength(1);
    expect(read('a.md')).toContain('| T17 | P0 | pass |');
    expect(writeReports([REPORT], {})).toEqual([]);
  });

  it('are there also when another of them cannot be written, which is told', () => {
    const json = join(folder, 'nowhere', 'a.json');
    const problems = writeReports([REPORT], { json, junit: join(folder, 'a.xml') });
    expect(problems).toEqual([`${json} cannot be written (ENOENT).`]);
    expect(read('a.xml')).toContain('T17 a share is granted');
  });
});
