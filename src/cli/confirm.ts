import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { UsageError } from './outcome';

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/**
 * Goes on only where somebody has agreed: by `--yes`, or on a terminal by typing the name of the database.
 * @throws UsageError – nobody can be asked.
 * @throws Error – another name was typed.
 */
export async function confirm(
  what: string,
  database: string,
  yes: boolean | undefined,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (yes) return;
  if (!input.isTTY)
    throw new UsageError(`${what} Say --yes if that is meant: there is no terminal to ask on.`);
  const terminal = createInterface({ input, output, terminal: false });
  const left = new AbortController();
  terminal.once('close', () => left.abort()); // Ctrl-D is a no
  try {
    const question = `${what}\nType the name of the database (${database}) to go on: `;
    const typed = await terminal.question(question, left).catch(() => '');
    if (typed.trim() !== database) throw new Error('That is not its name. Nothing was done.');
  } finally {
    terminal.close();
  }
}
