// Lists what the image has of packages, as CycloneDX: `npm run --silent sbom`. `npm sbom --omit dev` would leave out whatever a package
// of the tests needs as well, Express and Nest among them.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const temporary = mkdtempSync(join(tmpdir(), 'parley-sbom-'));
const folder = join(temporary, 'parley'); // npm names the list after it
const npm = (stdio, ...args) =>
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', stdio, 'inherit'] });

try {
  mkdirSync(folder);
  const shipped = JSON.parse(readFileSync('package.json', 'utf8'));
  delete shipped.devDependencies;
  delete shipped.optionalDependencies;
  writeFileSync(join(folder, 'package.json'), JSON.stringify(shipped));
  copyFileSync('package-lock.json', join(folder, 'package-lock.json'));
  npm('ignore', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit');
  npm('inherit', 'sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only');
} finally {
  rmSync(temporary, { recursive: true });
}
