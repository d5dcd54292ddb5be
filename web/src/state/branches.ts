import type { Wish } from '../api/client';
import type { Message } from '../api/types';

export const isRunning = ({ status }: Message): boolean => status === 'pending' || status === 'streaming';

/** Rows, newest first, on which what is asked for will follow: without what came after an edited question, or a reply. */
export function rowsBefore(wish: Wish, rows: readonly Message[]): readonly Message[] {
  const onto = 'replyId' in wish ? rows.find(({ id }) => id === wish.replyId)?.parentId : wish.parentId;
  if (onto === undefined) return rows;
  const at = rows.findIndex(({ id }) => id === onto);
  return at < 0 ? [] : rows.slice(at);
}
