import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** A script of `scripts/` between commands that note in `$CALLS` what they are asked, one line each. */
export class ShellScript {
  readonly #folder = mkdtempSync(join(tmpdir(), 'parley-script-'));

  /** @param commands their names and what they do, in sh */
  constructor(
    private readonly file: string,
    commands: Readonly<Record<string, string>>,
  ) {
    for (const [name, text] of Object.entries(commands)) {
      writeFileSync(join(this.#folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(this.#folder, name), 0o755);
    }
  }

  async run(env: Readonly<Record<string, string>>) {
    const [calls, output] = ['calls', 'output'].map((name) => join(this.#folder, name)) as [string, string];
    for (const path of [calls, output]) writeFileSync(path, '');
    const child = spawn('bash', [join('scripts', this.file)], {
      cwd: ROOT,
      stdio: 'ignore',
      env: {
        PATH: [this.#folder, process.env.PATH].join(delimiter),
        CALLS: calls,
        GITHUB_OUTPUT: output,
        ...env,
      },
    });
    const [status] = (await once(child, 'exit')) as [number];
    return { status, calls: linesOf(calls), output: linesOf(output) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');
