import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { skip } = describe;

/** As `describe`. Without promtool, of Prometheus, the tests are left out and say so; but CI has to have it, and fails without. */
export function describeWithPromtool(title: string, tests: () => void): void {
  const found = spawnSync('promtool', ['--version']).status === 0;
  if (found || process.env.CI === 'true') describe(title, tests);
  else skip(`${title} (not tried: there is no promtool here)`, tests);
}

/** Runs one command of promtool beside these files. Empty: it has found nothing wrong. */
export function promtool(words: readonly string[], files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-promtool-'));
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), JSON.stringify(content)); // JSON is YAML, too
    const { status, stdout, stderr } = spawnSync('promtool', [...words], {
      cwd: folder,
      encoding: 'utf8',
    });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
