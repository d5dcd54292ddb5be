// `npm run baseline`: what the product is at a release, which the next one must not break (docs/operations.md, "Migrations").
const { limits, project, withDatabase } = require('./jest.project.cjs');

module.exports = {
  ...limits,
  projects: [project('baseline', ['test/support/write-baseline.ts'], withDatabase)],
};
