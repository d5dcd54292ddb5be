import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { DomainError, notFound } from '../common/errors/domain-error';
import { invalidCursor } from '../common/paging/cursor';
import type { Page, PageRequest } from '../common/paging/page';
import { within } from '../common/within';
import { ConversationsService } from './conversations.service';
import type { MessageInTree } from './message.entity';
import { hasEnded } from './message.entity';
import { MessageRepository } from './message.repository';
import { readEnded, type ReplyPiece } from './replies/reply.buffer';
import { ReplyContextRepository, type ReplyContext } from './reply-context.repository';
import { RepliesService } from './replies/replies.service';

/** How long a cancelled reply has to be stored before the database is taken for gone. */
const CANCEL_MS = 8_000;

@Injectable()
export class MessagesService {
  constructor(
    private readonly messages: MessageRepository,
    private readonly conversations: ConversationsService,
    private readonly replies: RepliesService,
    private readonly contexts: ReplyContextRepository,
  ) {}

  /** One branch, newest first. @throws DomainError `not_found` – the conversation or the leaf; `invalid_cursor` */
  async page(
    caller: Caller,
    conversationId: string,
    leafId: string | undefined,
    page: PageRequest<{ id: string }>,
  ): Promise<Page<MessageInTree>> {
    const { activeLeafId } = await this.conversations.get(caller, conversationId);
    const leaf = leafId
      ? await this.messages.findLeafOwned(caller.userId, conversationId, leafId)
      : activeLeafId;
    if (leafId && !leaf) throw notFound('message');
    const from = page.after?.id ?? leaf;
    if (!from) return { data: [], hasMore: false, nextCursor: null };
    const found = await this.messages.pageOfBranch(caller.userId, conversationId, from, page);
    if (page.after && found.data.length === 0) throw invalidCursor(); // of another conversation
    return found;
  }

  /** @throws DomainError `not_found` – absent, or not the caller's. */
  async get({ userId }: Caller, conversationId: string, id: string): Promise<MessageInTree> {
    const message = await this.messages.findOwned(userId, conversationId, id);
    if (!message) throw notFound('message');
    return message;
  }

  /** As `get`, whatever the conversation. @throws DomainError `not_found` */
  async getAnywhere({ userId }: Caller, id: string): Promise<MessageInTree> {
    const message = await this.messages.findAnywhereOwned(userId, id);
    if (!message) throw notFound('message');
    return message;
  }

  /** @throws DomainError `not_found` – absent, not the caller's, or no reply. */
  async context({ userId }: Caller, conversationId: string, replyId: string): Promise<ReplyContext> {
    const context = await this.contexts.findOwned(userId, conversationId, replyId);
    if (!context) throw notFound('reply');
    return context;
  }

  /** A reply from `after` (UTF-16 units) to its end, running or ended. @throws DomainError `not_found` – or it is a question. */
  async rejoin(
    caller: Caller,
    conversationId: string,
    replyId: string,
    after: number,
    gone: AbortSignal,
  ): Promise<AsyncIterable<ReplyPiece>> {
    const message = await this.get(caller, conversationId, replyId);
    if (message.role !== 'assistant') throw notFound('reply');
    return hasEnded(message) ? readEnded(message, after) : this.replies.read(replyId, after, gone);
  }

  /** @throws DomainError `not_found`; `not_cancellable` – it has ended otherwise; `database_unavailable` */
  async cancel(caller: Caller, conversationId: string, replyId: string): Promise<MessageInTree> {
    const before = await this.get(caller, conversationId, replyId);
    if (hasEnded(before)) throw notCancellable();
    const done = await within(
      CANCEL_MS,
      this.replies.cancel(replyId).then(() => true),
    );
    const reply = done && (await this.get(caller, conversationId, replyId));
    if (!reply || !hasEnded(reply))
      throw new DomainError(
        'database_unavailable',
        'The end of the reply is not stored yet. Try again shortly.',
      );
    if (reply.status !== 'cancelled') throw notCancellable();
    return reply;
  }
}

const notCancellable = () =>
  new DomainError('not_cancellable', 'This message is no reply that is being written.');
