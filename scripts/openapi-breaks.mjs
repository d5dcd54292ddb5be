// Finds what in docs/openapi.json breaks clients of the last release: `npm run openapi:breaks`. What is meant to break stands, with its
// reason, in docs/openapi-breaks.json.
import { readdirSync, readFileSync } from 'node:fs';
import contractBreaks from './contract-breaks.cjs';

const FIXTURES = 'test/fixtures';
const ACCEPTED = 'docs/openapi-breaks.json';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

const [released] = readdirSync(FIXTURES).filter((name) => name.startsWith('baseline-'));
const accepted = read(ACCEPTED);

const found = contractBreaks.breaksBetween(
  read(`${FIXTURES}/${released}/openapi.json`),
  read('docs/openapi.json'),
);
const unknown = found.filter((line) => !Object.hasOwn(accepted, line));
const stale = Object.keys(accepted).filter((line) => !found.includes(line));
for (const line of unknown) console.error(`Breaks clients: ${line}`);
for (const line of stale) console.error(`No break (any more), but in ${ACCEPTED}: ${line}`);
process.exitCode = unknown.length + stale.length === 0 ? 0 : 1;
