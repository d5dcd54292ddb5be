import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { notFound } from '../common/errors/domain-error';
import { newId } from '../common/ids';
import type { Page, PageRequest } from '../common/paging/page';
import type { Conversation } from './conversation.entity';
import {
  ConversationRepository,
  type ConversationChanges,
  type ConversationFilter,
} from './conversation.repository';
import { MessageRepository } from './message.repository';
import { ModelChoice } from './model-choice';
import { RepliesService } from './replies/replies.service';

type NewConversation = Partial<Pick<Conversation, 'title' | 'model' | 'systemPrompt' | 'metadata'>>;

@Injectable()
export class ConversationsService {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
    private readonly replies: RepliesService,
    private readonly models: ModelChoice,
  ) {}

  /** @throws DomainError `unknown_model` */
  create(
    { userId }: Caller,
    { title, model, systemPrompt, metadata }: NewConversation,
  ): Promise<Conversation> {
    if (model) this.models.require(model);
    return this.conversations.insert({
      id: newId(),
      userId,
      title: title ?? null,
      model: model ?? null,
      systemPrompt: systemPrompt ?? null,
      metadata: metadata ?? {},
    });
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
  async change({ userId }: Caller, id: string, changes: ConversationChanges): Promise<Conversation> {
    if (changes.model) this.models.require(changes.model);
    const leaf =
      changes.activeLeafId && (await this.messages.findLeafOwned(userId, id, changes.activeLeafId));
    if (changes.activeLeafId && !leaf) throw notFound('message');
    const conversation = await this.conversations.changeOwned(userId, id, {
      ...changes,
      ...(leaf && { activeLeafId: leaf }),
    });
    if (!conversation) throw notFound('conversation');
    return conversation;
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
