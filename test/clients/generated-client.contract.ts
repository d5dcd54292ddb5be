import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Replicas } from '../support/replicas';
import { nameOf, ROUTES } from '../support/routes';
import type { CallsOf } from './calls';
import { doWholeJob, ROOT } from './job/whole-job';

const PROJECT = join(__dirname, '..', '..');

interface Generator {
  /** Of the folder beside this file, too. */
  readonly name: string;
  /** What is run in that folder, as docs/clients.md says: a program of `node_modules/.bin` and its words. */
  readonly command: readonly [string, ...string[]];
  /** Of the file that asks not to be checked. */
  readonly unchecked?: string;
}

/** What a stranger gets who has nothing but the document. */
export function generatedClientContract({ name, command, unchecked }: Generator): void {
  const folder = join(__dirname, name);
  let generated: Output;
  let types: Promise<Output>;
  let replicas: Replicas;

  beforeAll(async () => {
    rmSync(join(folder, 'generated'), { recursive: true, force: true });
    const env = { ADMIN_USERNAME: ROOT.username, ADMIN_PASSWORD: ROOT.password };
    [generated, replicas] = await Promise.all([run(folder, command), Replicas.start(1, { env })]);
    if (unchecked) check(join(folder, unchecked));
    types = run(PROJECT, ['tsc', '--project', folder]); // while the server answers
  });
  afterAll(() => replicas.close());

  it('is generated without a warning', () => {
    expect(generated).toMatchObject({ status: 0, errors: '' });
  });

  it('does the whole job against a real server, with every operation', async () => {
    const { callsOf } = (await import(join(folder, 'calls'))) as { callsOf: CallsOf };
    const succeeded = await doWholeJob(replicas.urls[0]!, callsOf);
    expect([...succeeded].sort()).toEqual(ROUTES.map(nameOf).sort());
  });

  it('compiles under the strictest rules that it bears, with a call of every operation', async () => {
    expect(await types).toEqual({ status: 0, output: '', errors: '' });
  });
}

function check(path: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace('// @ts-nocheck', ''));
}

interface Output {
  readonly status: number;
  readonly output: string;
  /** Where warnings go, too. */
  readonly errors: string;
}

async function run(cwd: string, [program, ...words]: readonly [string, ...string[]]): Promise<Output> {
  const path = join(PROJECT, 'node_modules', '.bin', program);
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
