import { growBranch } from '../../support/branches';
import type { Client } from '../../support/client';
import type { RunningApp } from '../../support/running-app';

export interface LongConversation {
  readonly id: string;
  /** Of its messages, oldest first. Each is one paragraph that is shown as it is written, and no two are the same. */
  readonly texts: readonly string[];
}

/** Questions and answers in turn, of all sizes from a line to a screen. */
export async function aLongConversation(
  { database }: RunningApp,
  owner: Client,
  count: number,
): Promise<LongConversation> {
  const { id } = await owner.conversation({ title: `${count} messages` });
  const place = { userId: owner.tokens!.user.id, conversationId: id };
  const ids = await growBranch(database, place, count);
  const texts = ids.map((_, n) =>
    `Message ${n + 1}. ${'And so on, word by word. '.repeat((n * 7) % 41)}`.trim(),
  );
  await database.query(
    `update messages set content = made.text from unnest($1::uuid[], $2::text[]) made (id, text)
     where messages.id = made.id`,
    [ids, texts],
  );
  return { id, texts };
}
