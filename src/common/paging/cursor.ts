import { DomainError } from '../errors/domain-error';
import { isId } from '../ids';

/** Where a page ended: the row's id and, where the order is by time, that time. */
export interface Position {
  readonly id: string;
  readonly at?: Date;
}

/** Opaque to callers, who must not come to rely on what is in it. */
export function encodeCursor({ id, at }: Position): string {
  return Buffer.from(JSON.stringify(at ? [id, at.getTime()] : [id])).toString('base64url');
}

/** @throws DomainError `invalid_cursor` – not one of ours, or one of a list with another order. */
export function decodeCursor(cursor: string, order: 'id'): { id: string };
export function decodeCursor(cursor: string, order: 'time'): { id: string; at: Date };
export function decodeCursor(cursor: string, order: 'id' | 'time'): Position {
  const parts = parse(cursor);
  const [id, at] = parts;
  const whole = parts.length === (order === 'time' ? 2 : 1) && typeof id === 'string' && isId(id);
  if (!whole) throw invalidCursor();
  if (order === 'id') return { id };
  const time = new Date(typeof at === 'number' ? at : NaN);
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999 || time.getTime() < 0)
    throw invalidCursor();
  return { id, at: time };
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

const invalidCursor = () =>
  new DomainError('invalid_cursor', 'The cursor is not one that a page of this list gave out.');
