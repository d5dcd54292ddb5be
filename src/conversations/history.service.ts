import { Injectable } from '@nestjs/common';
import type { Conversation } from './conversation.entity';
import { ConversationRepository } from './conversation.repository';
import type { MessageInTree } from './message.entity';
import { MessageRepository } from './message.repository';

/** So many rows are in memory at once: a message can be hundreds of kilobytes. */
const PAGE = 20;

export interface StoredConversation {
  readonly conversation: Conversation;
  /** Of all branches, oldest first; to be read before the next conversation is asked for. */
  readonly messages: AsyncIterable<MessageInTree>;
}

/** All that an account has said and been told, whatever its length, a few rows at a time. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
  ) {}

  /** Oldest first; what is added meanwhile may be in it or not. */
  async *of(userId: string): AsyncGenerator<StoredConversation> {
    const page = (after: string | null) => this.conversations.allOwned(userId, after, PAGE);
    for await (const conversation of inPages(page))
      yield { conversation, messages: this.messagesOf(conversation) };
  }

  /** Of all branches, oldest first. */
  messagesOf({ userId, id }: Pick<Conversation, 'userId' | 'id'>): AsyncIterable<MessageInTree> {
    return inPages((after) => this.messages.allOwned(userId, id, after, PAGE));
  }

  /** Of the branch in use, oldest first. */
  async *activeBranchOf({ userId, id, activeLeafId }: Conversation): AsyncGenerator<MessageInTree> {
    const ids = activeLeafId ? await this.messages.branchIdsOwned(userId, id, activeLeafId) : [];
    for (let from = 0; from < ids.length; from += PAGE)
      yield* await this.messages.someOwned(userId, ids.slice(from, from + PAGE));
  }
}

async function* inPages<Row extends { readonly id: string }>(
  read: (after: string | null) => Promise<Row[]>,
): AsyncGenerator<Row> {
  let rows = await read(null);
  while (rows.length > 0) {
    yield* rows;
    rows = rows.length < PAGE ? [] : await read(rows.at(-1)!.id);
  }
}
