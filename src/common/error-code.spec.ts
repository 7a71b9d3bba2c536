import { readFileSync } from 'node:fs';

import { errorCode } from './error-code.js';

describe('errorCode', () => {
  it('gives the code of an error of the operating system', () => {
    let caught: unknown;
    try {
      readFileSync('/nowhere/at/all');
    } catch (error) {
      caught = error;
    }
    expect(errorCode(caught)).toBe('ENOENT');
  });

  it.each([undefined, null, 'ENOENT', {}, { code: 7 }, new Error('without')])('gives none for %s', (error) => {
    expect(errorCode(error)).toBeUndefined();
  });
});
