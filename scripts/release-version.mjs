// Makes the next version of what .changeset/ says, everywhere a version stands: `npm run release:version`. Commits nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const CHART = 'helm/parley/Chart.yaml';
const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });

run('npx', 'changeset', 'version');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

// The chart is released with the image, under the same version.
writeFileSync(
  CHART,
  readFileSync(CHART, 'utf8').replaceAll(/^(version|appVersion): .*$/gm, (_, key) => `${key}: ${version}`),
);
run('npm', 'install', '--package-lock-only', '--ignore-scripts');
run('npm', 'run', 'openapi');
run('npx', 'prettier', '--write', 'CHANGELOG.md', CHART, 'docs/openapi.json');
