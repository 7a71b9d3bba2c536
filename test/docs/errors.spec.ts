import { readFileSync } from 'node:fs';

import { REFUSAL_REASONS } from '../../src/measurements/refusal-reason.js';
import { statusOf, UMA_ERROR_CODES } from '../../src/uma/protocol/uma-error.js';

const page = readFileSync('docs/errors.md', 'utf8');

it('documents every error code with its status, and no other', () => {
  const documented = [...page.matchAll(/^\| `(\w+)` *\| (\d{3}) *\|/gm)].map(([, code, status]) => `${code} ${status}`);
  expect(documented).toEqual(UMA_ERROR_CODES.map((code) => `${code} ${statusOf(code)}`));
});

it('documents every reason for which one measurement of a batch is refused, and no other', () => {
  const [, reasons = ''] = page.split('## Measurements that are refused');
  const documented = [...reasons.matchAll(/^\| `(\w+)` *\|/gm)].map(([, reason]) => reason);
  expect(documented).toEqual(Object.keys(REFUSAL_REASONS));
});
