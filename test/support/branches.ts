import { newId } from '../../src/common/ids';
import type { TestDatabase } from './database';

interface Place {
  readonly userId: string;
  readonly conversationId: string;
}

/** Questions and replies in turn, each below the one before, as the branch in use. Their ids, oldest first. */
export async function growBranch(database: TestDatabase, place: Place, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const parents = [null, ...ids.slice(0, -1)];
  await insert(database, place, ids, parents);
  await database.query(
    `update conversations set active_leaf_id = $2, message_count = message_count + $3, last_message_at = now()
     where id = $1`,
    [place.conversationId, ids.at(-1), count],
  );
  return ids;
}

/** Questions that all follow one reply; null: first questions. */
export async function addSiblings(
  database: TestDatabase,
  place: Place,
  parentId: string | null,
  count: number,
): Promise<void> {
  const ids = Array.from({ length: count }, () => newId());
  const parents = ids.map(() => parentId);
  await insert(database, place, ids, parents, () => 'user');
}

async function insert(
  database: TestDatabase,
  { userId, conversationId }: Place,
  ids: readonly string[],
  parents: readonly (string | null)[],
  roleOf: (index: number) => string = (index) => (index % 2 === 0 ? 'user' : 'assistant'),
): Promise<void> {
  await database.query(
    `insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens, completed_at)
     select id, $1, $2, parent_id, role, 'completed', 'text', 2, now()
     from unnest($3::uuid[], $4::uuid[], $5::text[]) made (id, parent_id, role)`,
    [userId, conversationId, ids, parents, ids.map((_, index) => roleOf(index))],
  );
}
