const { limits, project, withDatabase } = require('./jest.project.cjs');

// Apart from `npm test`, which runs without a browser.
module.exports = {
  ...limits,
  projects: [project('browser', ['test/browser/**/*.spec.ts'], withDatabase)],
};
