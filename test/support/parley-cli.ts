import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(__dirname, '..', '..');
const MAIN = join(ROOT, 'dist', 'src', 'cli', 'main.js');

export interface CommandOutcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Starts one command of the built product, with nothing of this process's environment but these variables. */
export function startCommand(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  const command = spawn(process.execPath, [MAIN, ...words], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, BCRYPT_COST: '4', ...env },
  });
  command.stdin.on('error', () => undefined); // it may have refused its words, and gone, without reading
  return command;
}

/** Runs one to its end. */
export async function runCommand(
  words: readonly string[],
  { env, input = '' }: { readonly env: Readonly<Record<string, string>>; readonly input?: string },
): Promise<CommandOutcome> {
  const command = startCommand(words, env);
  command.stdin.end(input);
  const [[status], out, err] = await Promise.all([
    once(command, 'close') as Promise<[number]>,
    text(command.stdout),
    text(command.stderr),
  ]);
  return { status, out, err };
}
