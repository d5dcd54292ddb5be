import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { DomainError, notFound, validationFailed } from '../common/errors/domain-error';
import { invalidCursor } from '../common/paging/cursor';
import type { Page, PageRequest } from '../common/paging/page';
import { within } from '../common/within';
import { Config } from '../config/config';
import { ConversationsService } from './conversations.service';
import type { MessageInTree } from './message.entity';
import { hasEnded } from './message.entity';
import { MessageRepository } from './message.repository';
import { ModelChoice } from './model-choice';
import type { ReplyPiece } from './replies/reply.buffer';
import { RepliesService, type StartedTurn } from './replies/replies.service';
import { readStored } from './stored-reply';

export interface NewMessage {
  /** Trimmed. */
  readonly content: string;
  readonly parentId?: string | null;
  readonly model?: string;
}

export interface Exchange {
  readonly message: MessageInTree;
  readonly reply: MessageInTree;
}

/** How long a cancelled reply has to be stored before the database is taken for gone. */
const CANCEL_MS = 8_000;

@Injectable()
export class MessagesService {
  constructor(
    private readonly messages: MessageRepository,
    private readonly conversations: ConversationsService,
    private readonly replies: RepliesService,
    private readonly models: ModelChoice,
    private readonly config: Config,
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

  /**
   * Stores a question with its pending reply and has the reply written.
   *
   * @throws DomainError `not_found`, `validation_failed`, `unknown_model`, `reply_in_progress`, `conflict`, `draining`
   */
  start(
    { userId }: Caller,
    conversationId: string,
    { content, parentId, model }: NewMessage,
  ): Promise<StartedTurn> {
    const { messageMaxChars: max } = this.config.replies;
    if (content.length > max) {
      throw validationFailed([
        { path: '/content', code: 'text', message: `must be at most ${max} characters` },
      ]);
    }
    return this.replies.start({
      userId,
      conversationId,
      content,
      parentId,
      chooseModel: this.models.chooser(model),
    });
  }

  /**
   * As `start`, and then waits for the reply: `waitMs` at most, by default as long as the configuration says. The reply may
   * still be running in the result.
   *
   * @throws DomainError what the reply failed with, with `conversationId`, `messageId` and `replyId`: both are kept.
   */
  async send(
    caller: Caller,
    conversationId: string,
    message: NewMessage,
    waitMs: number | null,
  ): Promise<Exchange> {
    const { question, reply, running } = await this.start(caller, conversationId, message);
    if (waitMs === 0) return { message: question, reply };
    const mostMs = this.config.replies.sendWaitMs;
    const outcome = await within(Math.min(waitMs ?? mostMs, mostMs), running.ended);
    const latest =
      outcome?.type === 'ended' ? outcome.message : await this.get(caller, conversationId, reply.id);
    if (latest.status === 'failed') throw failedReply(latest, question.id);
    return { message: question, reply: latest };
  }

  /** A reply from `after` (UTF-16 units) to its end, running or ended. @throws DomainError `not_found` – or it is a question. */
  async rejoin(
    caller: Caller,
    conversationId: string,
    replyId: string,
    after: number,
    gone: AbortSignal,
  ): Promise<AsyncIterable<ReplyPiece>> {
    const { role } = await this.get(caller, conversationId, replyId);
    if (role !== 'assistant') throw notFound('reply');
    const running = this.replies.find(replyId);
    const look = () => this.messages.findOwned(caller.userId, conversationId, replyId);
    return running ? running.buffer.read(after, gone) : readStored(look, after, gone);
  }

  /** @throws DomainError `not_found`; `not_cancellable` – it has ended otherwise; `database_unavailable` */
  async cancel(caller: Caller, conversationId: string, replyId: string): Promise<MessageInTree> {
    const before = await this.get(caller, conversationId, replyId);
    if (hasEnded(before)) throw notCancellable();
    const done = await within(
      CANCEL_MS,
      this.replies.cancel(replyId).then(() => true),
    );
    if (!done)
      throw new DomainError('database_unavailable', 'The database does not answer. Try again shortly.');
    const reply = await this.get(caller, conversationId, replyId);
    if (reply.status !== 'cancelled') throw notCancellable();
    return reply;
  }
}

const notCancellable = () =>
  new DomainError('not_cancellable', 'This message is no reply that is being written.');

/** No `Retry-After`: sending the question again would ask it twice. The reply can be regenerated. */
function failedReply(
  { id, conversationId, errorCode, errorDetail }: MessageInTree,
  messageId: string,
): DomainError {
  return new DomainError(errorCode ?? 'model_failed', errorDetail ?? 'The model failed.', {
    members: { conversationId, messageId, replyId: id },
    headers: { 'Retry-After': '' },
  });
}
