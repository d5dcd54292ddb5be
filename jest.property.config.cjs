// `npm run test:property`: many more calls of the contract than `npm test` makes, and others each time. With one worker: the calls are
// made many at once.
const { limits, project, withDatabase } = require('./jest.project.cjs');

process.env.PROPERTY_REQUESTS ??= '100000';
process.env.PROPERTY_SEED ??= String(Date.now() % 2 ** 31);

module.exports = {
  ...limits,
  projects: [project('property', ['test/e2e/any-call.e2e.spec.ts'], withDatabase)],
};
