import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { snippetsOf } from '../support/doc-snippets';

const PROJECT = join(__dirname, '..', '..');
const GUIDE = snippetsOf('docs/clients.md');

export interface Generator {
  /** Of the folder beside this file, in which everything is. */
  readonly name: string;
  readonly program: string;
  /** Of the file that asks not to be checked. */
  readonly unchecked?: string;
}

interface Output {
  readonly status: number;
  readonly output: string;
  /** Where warnings go, too. */
  readonly errors: string;
}

/** The commands and the example of docs/clients.md for one generator. */
function guideTo(program: string): { readonly commands: string; readonly example: string } {
  const at = GUIDE.findIndex((snippet) => snippet.text.includes(`\nnpx ${program} `));
  return { commands: GUIDE[at]!.text, example: GUIDE[at + 1]!.text };
}

/** Name and version of each package that the guide has people install. */
export const pinsOf = ({ program }: Generator): [string, string][] =>
  Array.from(guideTo(program).commands.matchAll(/(\S+)@(\d\S+)/g), ([, name, version]) => [name!, version!]);

/** Has nothing but the document, and does what the guide says. */
export async function generate({ name, program, unchecked }: Generator): Promise<Output> {
  const { commands, example } = guideTo(program);
  const folder = join(__dirname, name, 'generated');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  copyFileSync(join(PROJECT, 'docs', 'openapi.json'), join(folder, 'openapi.json'));
  writeFileSync(join(folder, 'example.mts'), example);
  const [, ...command] = commands.split('\n').at(-1)!.split(' ');
  const output = await run(folder, command);
  if (unchecked) letCheck(join(folder, unchecked));
  return output;
}

/** Compiles what was generated with what uses it. */
export const compile = ({ name }: Generator): Promise<Output> =>
  run(PROJECT, ['tsc', '--project', join(__dirname, name)]);

function letCheck(path: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace('// @ts-nocheck', ''));
}

async function run(cwd: string, [program, ...words]: readonly string[]): Promise<Output> {
  const path = join(PROJECT, 'node_modules', '.bin', program!);
  const child = spawn(path, words, {
    cwd,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[status], output, errors] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, output, errors };
}
