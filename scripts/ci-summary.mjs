// Prints `N passed, N failed` from Jest's own results, and exits with 1 unless all is well.
// node scripts/ci-summary.mjs <failed checks> [<results of a run> <0, or 1 if it failed>]…
import { readFileSync } from 'node:fs';

const [failedChecks, ...rest] = process.argv.slice(2);
const runs = rest.flatMap((path, n) => (n % 2 ? [] : [[path, Number(rest[n + 1])]]));

/** Nothing if Jest wrote nothing, or did not come to the end of it. */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

// A suite that could not run has no tests to count, nor has a check: each counts as one. So does a run that failed without a
// failed test, as it does when the database could not be started, and a run that has no test to show.
const counts = runs.map(([path, status]) => {
  const { numPassedTests: passed = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = read(path);
  return {
    passed,
    failed: Math.max(numFailedTests + numRuntimeErrorTestSuites, status, passed === 0 ? 1 : 0),
  };
});
const passed = counts.reduce((sum, run) => sum + run.passed, 0);
const failed = counts.reduce((sum, run) => sum + run.failed, Number(failedChecks));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
