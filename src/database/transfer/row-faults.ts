import { isId } from '../../common/ids';
import { TABLES, type Column, type Row, type RowType } from './tables';

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextLike = (pattern: RegExp) => (value: unknown) => isText(value) && pattern.test(value);

/** Postgres would make something of much else, such as a time of `now`. What it refuses itself needs no look here. */
const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  uuid: (value) => isText(value) && isId(value),
  text: isText,
  'text[]': (value) => Array.isArray(value) && value.every(isText),
  int: Number.isSafeInteger,
  bigint: Number.isSafeInteger,
  boolean: (value) => typeof value === 'boolean',
  timestamptz: isTextLike(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  date: isTextLike(/^\d{4}-\d\d-\d\d$/),
  bytea: isTextLike(/^([\da-f]{2})*$/),
  jsonb: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const fits = ({ name, type, mayBeNull }: Column, row: Row): boolean =>
  (mayBeNull && row[name] === null) || FITS[type]!(row[name]);

/** What is wrong with a row from outside, in words that hold nothing of it; null: nothing that can be told without the database. */
export function faultIn(type: RowType, row: Row): string | null {
  const { columns } = TABLES[type];
  if (Object.keys(row).some((name) => !columns.some((column) => column.name === name)))
    return `this version does not know all members of this ${type}`;
  const wrong = columns.find((column) => !fits(column, row));
  if (wrong) return `${wrong.name} of this ${type} is missing, or not of its kind`;
  return row.status === 'pending' ? `this ${type} has not ended` : null; // and never would, since nobody writes it
}
