import { DomainError } from '../common/errors/domain-error';
import { faultIn } from '../database/transfer/row-faults';
import type { NumberedRow } from '../database/transfer/row-writer';
import {
  isRowType,
  noRows,
  ROW_TYPES,
  type Counts,
  type Row,
  type RowType,
} from '../database/transfer/tables';
import { readLines } from './lines';

const TYPE = 'parley-export';
/** Goes up whenever `TABLES` changes: the columns are what the version stands for. */
const VERSION = 1;

const toLine = (members: object): string => `${JSON.stringify(members)}\n`;

/** The first line. Nothing in it depends on when or where. */
export const HEADER = toLine({ type: TYPE, version: VERSION });

export const rowLine = (type: RowType, row: Row): string => toLine({ type, ...row });

/** The last line: an export without it was cut off. */
export const endLine = (counts: Counts): string => toLine({ type: 'end', counts });

const NAMES: Readonly<Record<RowType, string>> = {
  user: 'accounts',
  apiKey: 'API keys',
  usageDay: 'days of usage',
  conversation: 'conversations',
  message: 'messages',
};
export const saidCounts = (counts: Counts): string =>
  ROW_TYPES.map((type) => `${NAMES[type]}: ${counts[type]}`).join(', ');

const refusal = (line: number, what: string) =>
  new DomainError('validation_failed', `Line ${line}: ${what}.`);

/**
 * The rows of an export, in its order.
 * @throws DomainError `validation_failed` – names the line at fault, and nothing of what is in it.
 */
export async function* readExport(source: AsyncIterable<Buffer>): AsyncGenerator<NumberedRow> {
  const counts = noRows();
  let [line, hasEnded, conversationId] = [0, false, null as unknown];
  for await (const text of readLines(source)) {
    line += 1;
    if (hasEnded) throw refusal(line, 'the export has ended before it');
    const { type, ...row } = parse(line, text);
    if (line === 1) requireHeader(type, row);
    else if (type === 'end') hasEnded = requireCounts(line, row, counts);
    else {
      if (!isRowType(type)) throw refusal(line, 'this version knows no line of its type');
      const fault = faultIn(type, row);
      if (fault) throw refusal(line, fault);
      if (type === 'conversation') conversationId = row.id;
      if (type === 'message' && row.conversationId !== conversationId)
        throw refusal(line, 'this message does not follow its conversation');
      counts[type] += 1;
      yield { line, type, row };
    }
  }
  if (!hasEnded)
    throw new DomainError('validation_failed', `The export is not whole: it was cut off after line ${line}.`);
}

function requireHeader(type: unknown, { version }: Row): void {
  if (type !== TYPE) throw refusal(1, 'this is no export of Parley');
  if (version !== VERSION) throw refusal(1, `this version reads exports of version ${VERSION} only`);
}

function requireCounts(line: number, { counts: told }: Row, found: Counts): true {
  if (ROW_TYPES.every((type) => (told as Row | undefined)?.[type] === found[type])) return true;
  throw refusal(line, 'the export is not whole: it counts other rows than there are');
}

function parse(line: number, text: string): Row {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Row;
  } catch {
    // The parser's own message quotes the text.
  }
  throw refusal(line, 'this is no JSON object');
}
