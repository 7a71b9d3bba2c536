import { preset } from './jest.preset.mjs';
import unit from './jest.unit.config.mjs';

const suite = (name) => ({
  ...preset,
  displayName: name,
  roots: [`<rootDir>/test/${name}`],
  testRegex: `\\.${name}-spec\\.ts$`,
});

export default {
  projects: [unit, suite('e2e'), suite('dist'), suite('browser')],
  testTimeout: 120_000,
  // On two cores Jest would choose one worker, and run everything in one process that only grows.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '800MB',
  // V8's own is stopped and read anew for each suite, which took more than half of the whole run.
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts', '!src/main.ts', '!src/main.*.ts', '!src/**/*.fake.ts', '!src/**/*.spec.ts'],
  coverageThreshold: {
    global: { lines: 95, branches: 90 },
    './src/uma/protocol/': { lines: 100, branches: 100, functions: 100, statements: 100 },
  },
};
