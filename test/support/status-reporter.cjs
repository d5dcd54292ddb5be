// After a run of all of test/e2e: fails it where the contract lists a status that no test has been answered with.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const contract = require('../../docs/openapi.json');

const E2E = join(__dirname, '..', 'e2e');

/** As `reached-statuses.ts` writes them: `usersMe 200`. */
const listed = () =>
  Object.values(contract.paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    );

const reached = (folder) =>
  new Set(readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n')));

function ranWhole(testResults) {
  const ran = new Set(testResults.filter(({ skipped }) => !skipped).map(({ testFilePath }) => testFilePath));
  return readdirSync(E2E)
    .filter((file) => file.endsWith('.spec.ts'))
    .every((file) => ran.has(join(E2E, file)));
}

module.exports = class StatusReporter {
  constructor(globalConfig) {
    this.isNarrowed = Boolean(globalConfig.testNamePattern);
  }

  onRunComplete(_contexts, { testResults }) {
    if (this.isNarrowed || !ranWhole(testResults)) return;
    const seen = reached(process.env.TEST_REACHED_STATUSES);
    const missing = listed().filter((status) => !seen.has(status));
    if (missing.length === 0) return;
    const list = missing.map((status) => `  ${status}`).join('\n');
    this.error = new Error(`docs/openapi.json lists statuses that no test has been answered with:\n${list}`);
    console.error(this.error.message);
  }

  getLastError() {
    return this.error;
  }
};
