// Lints the Dockerfile: `npm run lint:dockerfile`.
import { validate } from 'dockerfile-utils';
import { readFileSync } from 'node:fs';

const ERROR = 2; // ValidationSeverity.ERROR
const found = validate(readFileSync('Dockerfile', 'utf8'), {
  deprecatedMaintainer: ERROR,
  directiveCasing: ERROR,
  emptyContinuationLine: ERROR,
  instructionCasing: ERROR,
  instructionCmdMultiple: ERROR,
  instructionEntrypointMultiple: ERROR,
  instructionHealthcheckMultiple: ERROR,
  instructionJSONInSingleQuotes: ERROR,
  instructionWorkdirRelative: ERROR,
});
for (const { range, message } of found) console.error(`Dockerfile:${range.start.line + 1}: ${message}`);
process.exitCode = found.length === 0 ? 0 : 1;
