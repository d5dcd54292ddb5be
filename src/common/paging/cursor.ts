import { DomainError } from '../errors/domain-error';
import { isId } from '../ids';

/** Where a page ended: the row's id and, where the order is by time, that time. */
export interface Position {
  readonly id: string;
  readonly at?: Date;
}

/** Beyond the year 9999 Postgres reads dates in another form. */
const LATEST_MS = Date.UTC(9999, 11, 31);

/** Opaque to callers, who must not come to rely on what is in it. */
export function encodeCursor({ id, at }: Position): string {
  return Buffer.from(JSON.stringify(at ? [id, at.getTime()] : [id])).toString('base64url');
}

/** @throws DomainError `invalid_cursor` – not one of ours, to the letter, or one of a list with another order. */
export function decodeCursor(cursor: string, order: 'id'): { id: string };
export function decodeCursor(cursor: string, order: 'time'): { id: string; at: Date };
export function decodeCursor(cursor: string, order: 'id' | 'time'): Position {
  const position = toPosition(parse(cursor), order);
  if (!position || encodeCursor(position) !== cursor) throw invalidCursor();
  return position;
}

function toPosition([id, at]: unknown[], order: 'id' | 'time'): Position | null {
  if (typeof id !== 'string' || !isId(id)) return null;
  if (order === 'id') return { id };
  return typeof at === 'number' && at >= 0 && at <= LATEST_MS ? { id, at: new Date(at) } : null;
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Also for a cursor that is sound, and of another list. */
export const invalidCursor = () =>
  new DomainError('invalid_cursor', 'The cursor is not one that a page of this list gave out.');
