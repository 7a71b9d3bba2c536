import { preset } from './jest.preset.mjs';

export default {
  ...preset,
  displayName: 'unit',
  roots: ['<rootDir>/src', '<rootDir>/test/docs', '<rootDir>/test/support', '<rootDir>/test/conformance'],
  testRegex: '\\.spec\\.ts$',
};
