import type { Command } from 'commander';

/** What a command answers: a sentence or more for people, and the same for programs. */
export interface Outcome {
  readonly said: string;
  readonly data: object;
  /** Whether it found something wrong: it ends with 1, and what it says still goes to standard output. */
  readonly failed?: boolean;
  /** Standard output has had something else: it is said on standard error. */
  readonly aside?: boolean;
}

/** Wrong words on the command line: exit code 2. */
export class UsageError extends Error {}

/** Has a command answer in words, or with `--json` in one JSON document. Commander gives `work` the arguments, then the options. */
export function answers(command: Command, work: (...given: never[]) => Promise<Outcome>): void {
  command.option('--json', 'answers one JSON document').action(async (...passed: unknown[]) => {
    const { said, data, failed, aside } = await work(...(passed.slice(0, -1) as never[]));
    const { json } = command.opts<AsJson>();
    (aside ? process.stderr : process.stdout).write(`${json ? JSON.stringify(data) : said}\n`);
    if (failed) process.exitCode = 1;
  });
}

interface AsJson {
  readonly json?: boolean;
}

/** One plain sentence, whatever went wrong; the codes are those of HTTP's problems, `usage`, and `failed`. */
export function reportError(error: unknown, asJson: boolean): void {
  const { message = String(error), code } = error as { message?: string; code?: unknown };
  const usage = error instanceof UsageError;
  const known = typeof code === 'string' && /^[a-z_]+$/.test(code) ? code : 'failed';
  const document = { error: { code: usage ? 'usage' : known, message } };
  process.stderr.write(`${asJson ? JSON.stringify(document) : message}\n`);
  process.exitCode = usage ? 2 : 1;
}
