import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { notFound } from '../common/errors/domain-error';
import { newId } from '../common/ids';
import type { Page, PageRequest } from '../common/paging/page';
import { IdempotencyService } from '../idempotency/idempotency.service';
import type { KeyedRequest } from '../idempotency/keyed-request';
import type { KeptKey } from '../idempotency/kept-key.entity';
import type { Conversation } from './conversation.entity';
import {
  ConversationRepository,
  type ConversationChanges,
  type ConversationFilter,
  type NewConversation as NewConversationRow,
} from './conversation.repository';
import { MessageRepository } from './message.repository';
import { ModelChoice } from './model-choice';
import { RepliesService } from './replies/replies.service';

/** What was made, or had been made by the same request before. */
export interface MadeConversation {
  readonly conversation: Conversation;
  readonly replayed: boolean;
}

type NewConversation = Partial<Pick<Conversation, 'title' | 'model' | 'systemPrompt' | 'metadata'>>;

@Injectable()
export class ConversationsService {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
    private readonly replies: RepliesService,
    private readonly models: ModelChoice,
    private readonly keys: IdempotencyService,
  ) {}

  /** @throws DomainError `unknown_model`, `idempotency_key_reused` */
  create(
    { userId }: Caller,
    { title = null, model = null, systemPrompt = null, metadata = {} }: NewConversation,
    keyed: KeyedRequest | null,
  ): Promise<MadeConversation> {
    if (model) this.models.require(model);
    const wanted = { userId, title, model, systemPrompt, metadata };
    return this.keys.once<MadeConversation>(
      userId,
      keyed,
      async () => ({
        conversation: await this.conversations.insert({ id: newId(), ...wanted }, keyed),
        replayed: false,
      }),
      (kept) => Promise.resolve({ conversation: asMade(wanted, kept), replayed: true }),
    );
  }

  /** Most recent activity first. */
  list(
    { userId }: Caller,
    filter: ConversationFilter,
    page: PageRequest<{ id: string; at: Date }>,
  ): Promise<Page<Conversation>> {
    return this.conversations.pageOwned(userId, filter, page);
  }

  /** @throws DomainError `not_found` – absent, or not the caller's. */
  async get({ userId }: Caller, id: string): Promise<Conversation> {
    const conversation = await this.conversations.findOwned(userId, id);
    if (!conversation) throw notFound('conversation');
    return conversation;
  }

  /** @throws DomainError `not_found` – it, or the message of `activeLeafId`; `unknown_model` */
  async change(caller: Caller, id: string, changes: ConversationChanges): Promise<Conversation> {
    if (changes.model) this.models.require(changes.model);
    if (changes.activeLeafId) return this.changeBranch(caller, id, changes.activeLeafId, changes);
    const conversation = await this.conversations.changeOwned(caller.userId, id, changes);
    if (!conversation) throw notFound('conversation');
    return conversation;
  }

  /** To the end of the branch that runs through a message. Each time round another turn has been stored in between, perhaps at that end. */
  private async changeBranch(
    caller: Caller,
    id: string,
    through: string,
    changes: ConversationChanges,
  ): Promise<Conversation> {
    for (;;) {
      const { messageCount } = await this.get(caller, id);
      const activeLeafId = await this.messages.findLeafOwned(caller.userId, id, through);
      if (!activeLeafId) throw notFound('message');
      const changed = await this.conversations.changeOwned(
        caller.userId,
        id,
        { ...changes, activeLeafId },
        messageCount,
      );
      if (changed) return changed;
    }
  }

  /** With its messages; a reply being written in it ends. @throws DomainError `not_found` – absent, or not the caller's. */
  async delete({ userId }: Caller, id: string): Promise<void> {
    const { count, replyIds } = await this.conversations.deleteOwned(userId, id);
    if (count === 0) throw notFound('conversation');
    this.replies.forget(replyIds);
  }

  async deleteAll({ userId }: Pick<Caller, 'userId'>): Promise<void> {
    const { replyIds } = await this.conversations.deleteAllOwned(userId);
    this.replies.forget(replyIds);
  }
}

/** As it was answered at first, whatever has become of it. */
const asMade = (
  wanted: Omit<NewConversationRow, 'id'>,
  { madeId: id, createdAt }: KeptKey,
): Conversation => ({
  ...{ id, kind: 'chat', ...wanted, pinned: false, archived: false },
  ...{ activeLeafId: null, messageCount: 0, lastMessageAt: null },
  ...{ createdAt, updatedAt: createdAt, lastActivityAt: createdAt },
});
