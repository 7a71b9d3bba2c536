import { preset } from './jest.preset.mjs';

export default {
  ...preset,
  displayName: 'unit',
  roots: [
    '<rootDir>/src',
    '<rootDir>/test/docs',
    '<rootDir>/test/fuzz',
    '<rootDir>/test/support',
    '<rootDir>/test/conformance',
    '<rootDir>/bench',
  ],
  testRegex: '\\.spec\\.ts$',
};
