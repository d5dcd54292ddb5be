import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(__dirname, '..', '..');

/** Runs the smoke test as pipelines do, against whatever `PARLEY_URL` names. */
export async function smoke(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly failures: string }> {
  const child = spawn(process.execPath, [join('scripts', 'smoke.mjs')], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [[status], failures] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stderr),
  ]);
  return { status, failures };
}
