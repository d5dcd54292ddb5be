import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { withRowWriter, type NumberedRow, type RowWriter } from '../database/transfer/row-writer';
import { noRows, ROW_TYPES, type Counts } from '../database/transfer/tables';
import { onDatabase } from './database-work';
import { readExport, saidCounts } from './export-format';
import type { Outcome } from './outcome';
import { showProgress, type Progress } from './progress';

/** What is written in one transaction: so many rows, */
const ROWS_AT_ONCE = 500;
/** or UTF-16 units of text, roughly. */
const UNITS_AT_ONCE = 4 * 1024 * 1024;

/**
 * Adds what is not there yet. Done again after it was stopped or refused, it goes on.
 * @param file `-`: standard input, which is read once only. A file is looked through first: nothing is taken of one that is not whole.
 */
export const importRows = (file: string): Promise<Outcome> =>
  onDatabase(({ app }) =>
    withRowWriter(app, async (writer) => {
      const isFile = file !== '-';
      if (isFile) for await (const row of readExport(createReadStream(file))) void row;
      const progress = await showProgress(async () => (isFile ? (await stat(file)).size : 0));
      const source: AsyncIterable<Buffer> = isFile ? createReadStream(file) : process.stdin;
      const found = await writeAll(writer, readExport(counted(source, progress))).finally(() =>
        progress.stop(),
      );
      const there = noRows();
      for (const type of ROW_TYPES) there[type] = found[type] - writer.added[type];
      const said = [`Imported ${saidCounts(writer.added)}.`, `There already: ${saidCounts(there)}.`];
      return { said: said.join('\n'), data: { imported: writer.added, alreadyThere: there } };
    }),
  );

async function* counted(source: AsyncIterable<Buffer>, progress: Progress): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    progress.advance(chunk.length);
    yield chunk;
  }
}

/** How many rows there were. */
async function writeAll(writer: RowWriter, rows: AsyncIterable<NumberedRow>): Promise<Counts> {
  const found = noRows();
  let portion: NumberedRow[] = [];
  let units = 0;
  for await (const given of rows) {
    portion.push(given);
    units += sizeOf(given);
    found[given.type] += 1;
    if (portion.length < ROWS_AT_ONCE && units < UNITS_AT_ONCE) continue;
    await writer.write(portion);
    [portion, units] = [[], 0];
  }
  if (portion.length > 0) await writer.write(portion);
  return found;
}

const sizeOf = ({ row }: NumberedRow): number => (typeof row.content === 'string' ? row.content.length : 0);
