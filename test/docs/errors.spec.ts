import { readFileSync } from 'node:fs';

import { statusOf, UMA_ERROR_CODES } from '../../src/uma/protocol/uma-error.js';

it('documents every error code with its status, and no other', () => {
  const page = readFileSync('docs/errors.md', 'utf8');
  const documented = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => `${code} ${status}`);
  expect(documented).toEqual(UMA_ERROR_CODES.map((code) => `${code} ${statusOf(code)}`));
});
