// Builds before `npm start`, when what is in dist and web/dist was not made from the files as they are now.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

process.chdir(join(import.meta.dirname, '..'));
const CONFIGS = [
  'nest-cli.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const INPUTS = ['src', 'migrations', 'web', 'docs/openapi.json', ...CONFIGS];
const PAGE = 'web/dist'; // made of the rest of web, beside it
const STAMP = 'dist/.built-from'; // a build empties dist first, so half a build leaves no stamp

function* filesOf(path) {
  if (path === PAGE) return;
  if (statSync(path).isFile()) yield path;
  else for (const name of readdirSync(path).sort()) yield* filesOf(`${path}/${name}`);
}

/** Of contents, not of times: a checkout, a copy or a removal can leave every file older than the build. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const path of INPUTS.flatMap((input) => [...filesOf(input)])) {
    hash.update(`${path}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

const now = fingerprint(); // before the build: what changes while it runs is built the next time
const isBuilt = existsSync(STAMP) && existsSync(`${PAGE}/index.html`) && readFileSync(STAMP, 'utf8') === now;
if (!isBuilt) {
  console.log('Building: what is built was not made from these sources.');
  const { status } = spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' });
  if (status === 0) writeFileSync(STAMP, now);
  process.exitCode = status ?? 1;
}
