import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Looks for Helm once, because where there is none it is fetched. Workers read what was found from the environment. */
export default function globalSetup(): void {
  const script = join(__dirname, '..', '..', 'scripts', 'find-helm.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  process.env.TEST_HELM = stdout.trim();
  process.env.TEST_HELM_MISSING = stderr.trim();
}
