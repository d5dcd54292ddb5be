// Prints `N passed, N failed` from Jest's own results, and exits with 1 unless all is well.
import { readFileSync } from 'node:fs';

const [resultsPath, failedChecks, testStatus] = process.argv.slice(2);
const results = JSON.parse(readFileSync(resultsPath, 'utf8') || '{}');
const { numPassedTests: passed = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = results;

// A suite that could not run has no tests to count, nor has a check: each counts as one. So does a run that failed
// without a failed test, as it does when the database could not be started.
const failedTests = Math.max(numFailedTests + numRuntimeErrorTestSuites, Number(testStatus));
const failed = failedTests + Number(failedChecks);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
