import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { DomainError, validationFailed } from '../common/errors/domain-error';
import { newId } from '../common/ids';
import { within } from '../common/within';
import { Config } from '../config/config';
import { IdempotencyService } from '../idempotency/idempotency.service';
import type { KeyedRequest } from '../idempotency/keyed-request';
import type { KeptKey } from '../idempotency/kept-key.entity';
import type { Conversation } from './conversation.entity';
import type { MessageInTree } from './message.entity';
import { hasEnded } from './message.entity';
import { MessagesService } from './messages.service';
import { readEnded, type ReplyPiece } from './replies/reply.buffer';
import { RepliesService, type StartedTurn } from './replies/replies.service';
import { TurnOpener } from './turn-opener';

export interface NewMessage {
  /** Trimmed. */
  readonly content: string;
  readonly parentId?: string | null;
  readonly model?: string;
}

/** Where a turn is asked for, and the key that it is asked for under. */
export interface TurnRequest {
  readonly caller: Caller;
  /** Null: in a new conversation, which is made with the question. */
  readonly conversationId: string | null;
  /** Of the conversation that is made; a chat unless told. */
  readonly kind?: Conversation['kind'];
  readonly keyed: KeyedRequest | null;
}

export interface Exchange {
  readonly message: MessageInTree;
  readonly reply: MessageInTree;
}

/** A question and its reply, which is being written, or has been if the turn is a replay. */
export interface BegunTurn {
  readonly request: TurnRequest;
  readonly question: MessageInTree;
  /** As it was committed: pending. */
  readonly reply: MessageInTree;
  /** As it is now, where that is known to be its end. */
  readonly ended: MessageInTree | null;
  /** The same request has begun it before. */
  readonly replayed: boolean;
  /** The first answer to it was 202. */
  readonly accepted: boolean;
}

@Injectable()
export class TurnsService {
  constructor(
    private readonly messages: MessagesService,
    private readonly replies: RepliesService,
    private readonly opener: TurnOpener,
    private readonly keys: IdempotencyService,
    private readonly config: Config,
  ) {}

  /**
   * Stores a question with its pending reply and has the reply written.
   *
   * @throws DomainError `not_found`, `validation_failed`, `unknown_model`, `reply_in_progress`, `conflict`, `draining`,
   * `idempotency_key_reused`
   */
  send(request: TurnRequest, { content, parentId, model }: NewMessage): Promise<BegunTurn> {
    const { messageMaxChars: max } = this.config.replies;
    if (content.length > max) {
      const path = request.kind === 'question' ? '/question' : '/content';
      throw validationFailed([{ path, code: 'text', message: `must be at most ${max} characters` }]);
    }
    return this.once(request, () => this.opener.start({ ...placeOf(request), content, parentId, model }));
  }

  /**
   * Stores another pending reply to a question and has it written.
   *
   * @throws DomainError `not_found` – or it is a question; `unknown_model`, `reply_in_progress`, `conflict`, `draining`,
   * `idempotency_key_reused`
   */
  regenerate(request: TurnRequest, formerReplyId: string, model: string | undefined): Promise<BegunTurn> {
    return this.once(request, () => this.opener.regenerate({ ...placeOf(request), formerReplyId, model }));
  }

  /**
   * Waits for a reply: `waitMs` at most, by default as long as the configuration says. It may still be running in the result.
   *
   * @throws DomainError what the reply failed with, with `replyId`, and in a chat `conversationId` and `messageId`: both are kept.
   */
  async finish(turn: BegunTurn, waitMs: number | null): Promise<Exchange> {
    const { question, reply, ended, replayed, accepted } = turn;
    const mostMs = this.config.replies.sendWaitMs;
    const latest = accepted
      ? reply
      : (ended ?? (await this.latest(turn, Math.min(waitMs ?? mostMs, mostMs))));
    if (latest.status === 'failed') throw failedReply(latest, turn);
    const { keyed, caller } = turn.request;
    if (keyed && !replayed && !hasEnded(latest)) await this.keys.noteAccepted(caller.userId, keyed, reply.id);
    return { message: question, reply: latest };
  }

  /** The reply of a turn from its beginning, running or ended. */
  read({ reply, ended }: BegunTurn, gone: AbortSignal): AsyncIterable<ReplyPiece> {
    return ended ? readEnded(ended, 0) : this.replies.read(reply.id, 0, gone);
  }

  private async latest(turn: BegunTurn, waitMs: number): Promise<MessageInTree> {
    const { request, reply } = turn;
    if (waitMs === 0) return reply;
    const late = new AbortController();
    const outcome = await within(waitMs, this.replies.endOf(reply.id, late.signal));
    late.abort();
    if (outcome?.type === 'ended') return outcome.message;
    return this.messages.get(request.caller, reply.conversationId, reply.id);
  }

  private once(request: TurnRequest, make: () => Promise<StartedTurn>): Promise<BegunTurn> {
    const { caller, keyed } = request;
    const begin = async () => {
      const { question, reply } = await make();
      return { request, question, reply, ended: null, replayed: false, accepted: false };
    };
    return this.keys.once(caller.userId, keyed, begin, (kept) => this.replay(request, kept));
  }

  private async replay(request: TurnRequest, { madeId, status }: KeptKey): Promise<BegunTurn> {
    const { caller } = request;
    const reply = await this.messages.getAnywhere(caller, madeId); // where it is stands in the request's hash
    const question = await this.messages.get(caller, reply.conversationId, reply.parentId!);
    const ended = hasEnded(reply) ? reply : null;
    return { request, question, reply: asBegun(reply), ended, replayed: true, accepted: status === 202 };
  }
}

const placeOf = ({ caller: { userId }, conversationId, kind = 'chat', keyed }: TurnRequest) => ({
  userId,
  conversationId: conversationId ?? newId(),
  ...(conversationId === null && { opens: kind }),
  keyed,
});

/** A reply as it was when it was committed. */
const asBegun = (reply: MessageInTree): MessageInTree => ({
  ...reply,
  ...{ status: 'pending', content: '', finishReason: null, completedAt: null },
  ...{ promptTokens: null, completionTokens: null, errorCode: null, errorDetail: null },
});

/** No `Retry-After`: sending the question again would ask it twice. The reply can be regenerated. */
function failedReply(
  { id: replyId, conversationId, errorCode, errorDetail }: MessageInTree,
  { request, question }: BegunTurn,
): DomainError {
  return new DomainError(errorCode ?? 'model_failed', errorDetail ?? 'The model failed.', {
    members: request.kind === 'question' ? { replyId } : { conversationId, messageId: question.id, replyId },
    headers: { 'Retry-After': '' },
  });
}
