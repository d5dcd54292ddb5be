import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { readDocument } from './documents';

const ROOT = join(__dirname, '..', '..');

/** A fenced block of a document. */
export interface Snippet {
  readonly language: string;
  /** Where it begins. */
  readonly line: number;
  readonly text: string;
}

/** A command of a console, and what the document says that it prints. */
export interface Step {
  readonly command: string;
  readonly printed: string;
}

/** In their order. */
export function snippetsOf(path: string): Snippet[] {
  const document = readDocument(path);
  return [...document.matchAll(/^```(\S*)\n(.*?)^```$/gms)].map((found) => ({
    language: found[1]!,
    line: document.slice(0, found.index).split('\n').length,
    text: found[2]!.trimEnd(),
  }));
}

/** What stands behind `$ `, with the lines on which a command goes on after a backslash or as a here-document. */
export function stepsOf({ text: block }: Snippet): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [, heredoc] = /^[^\n]*<<'(\w+)'/.exec(step) ?? [];
      const command = heredoc ? new RegExp(`^.*?\n${heredoc}(?=\n|$)`, 's') : /^(?:[^\n]*\\\n)*[^\n]*/;
      const [own] = command.exec(step)!;
      return { command: own, printed: step.slice(own.length).trim() };
    });
}

const MARK = '\u001e';

/**
 * For commands of a checkout: nothing of this process's environment but what a shell has. npm builds nothing before its commands, since
 * others use what is built.
 */
export const inNpm = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  HOST: '127.0.0.1',
  BCRYPT_COST: '4',
  npm_config_ignore_scripts: 'true',
  ...env,
});

/** Runs them one after the other in one shell, at the root of the repository. What each of them printed, errors included. */
export async function runInShell(
  commands: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const script = ['exec 2>&1', ...commands.map((command) => `printf '${MARK}'\n${command}`)].join('\n');
  const shell = spawn('bash', ['-c', script], {
    cwd: ROOT,
    env: inNpm(env),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output] = await Promise.all([text(shell.stdout), once(shell, 'close')]);
  return output.split(MARK).slice(1).map(tidy);
}

const tidy = (output: string) => output.replaceAll(/[ \t\r]+$/gm, '').trim();

const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const VARYING = new RegExp(`(…|${ID}|${TIME})`);

/** As it stands, but that any id and any time will do where one stands, and anything at all for a `…`. */
export function asPattern(printed: string): RegExp {
  const parts = tidy(printed)
    .split(VARYING)
    .map((part) => {
      if (part === '…') return '[^]*?';
      const kind = [ID, TIME].find((pattern) => new RegExp(`^${pattern}$`).test(part));
      return kind ?? part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    });
  return new RegExp(`^${parts.join('')}$`);
}
