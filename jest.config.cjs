const { limits, project, withDatabase } = require('./jest.project.cjs');

module.exports = {
  ...limits,
  projects: [
    project('unit', ['src/**/*.spec.ts', 'test/repository/**/*.spec.ts']),
    project('page', ['web/src/**/*.spec.ts']),
    project('chart', ['test/chart/**/*.spec.ts'], { globalSetup: '<rootDir>/test/support/global-helm.ts' }),
    project('contracts', ['test/contracts/**/*.spec.ts'], withDatabase),
    project('integration', ['test/integration/**/*.spec.ts'], withDatabase),
    project('e2e', ['test/e2e/**/*.spec.ts'], withDatabase),
    project('process', ['test/process/**/*.spec.ts'], withDatabase),
  ],
};
