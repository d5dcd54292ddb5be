import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** @param path from the root of the repository */
export const readDocument = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** On one line, as Markdown shows it. */
export const collapsed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** The cells of each row of the one table that is in the text, without its heading. A `\|` is a character of its cell. */
export function tableRows(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map(collapsed),
  );
}
