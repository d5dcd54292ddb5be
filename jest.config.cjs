const { limits, project, withDatabase } = require('./jest.project.cjs');

// hey-api imports its files as they are called once they are compiled.
const WITHOUT_JS = { '^([.]{1,2}/.+)[.]js$': '$1' };

module.exports = {
  ...limits,
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  reporters: ['default', '<rootDir>/test/support/status-reporter.cjs'],
  // With `--coverage`, as CI has it. What runs in processes of its own, such as the command line, is not counted.
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { statements: 89, branches: 85, functions: 86 } },
  projects: [
    project('unit', ['src/**/*.spec.ts', 'test/repository/**/*.spec.ts']),
    project('page', ['web/src/**/*.spec.ts']),
    project('chart', ['test/chart/**/*.spec.ts'], { globalSetup: '<rootDir>/test/support/global-helm.ts' }),
    project('contracts', ['test/contracts/**/*.spec.ts'], withDatabase),
    project('integration', ['test/integration/**/*.spec.ts'], withDatabase),
    project('e2e', ['test/e2e/**/*.spec.ts'], withDatabase),
    project('clients', ['test/clients/*.spec.ts'], { ...withDatabase, moduleNameMapper: WITHOUT_JS }),
    project('process', ['test/process/**/*.spec.ts'], withDatabase),
  ],
};
