// Compiled by swc, one process a worker. Types are checked by `npm run types`, not here.
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
      module: { type: 'commonjs' },
    },
  ],
};

const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  transform,
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.parley/'],
  ...more,
});

// One Postgres and one migrated template database for all; each test file clones the template.
const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

// Three for two cores: many tests wait most of their time. The time is for a test that hangs: what waits for something gives up
// sooner, and says for what.
const limits = { maxWorkers: 3, testTimeout: 300_000 };

module.exports = { limits, project, withDatabase };
