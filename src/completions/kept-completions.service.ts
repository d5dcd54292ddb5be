import { Injectable, Logger } from '@nestjs/common';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import type { Caller } from '../common/auth/caller';
import { DomainError, PROBLEMS } from '../common/errors/domain-error';
import { errorForLog } from '../common/errors/error-for-log';
import { ErrorTranslator } from '../common/errors/error-translator';
import { newId } from '../common/ids';
import type { MessageInTree } from '../conversations/message.entity';
import { KeptExchanges, type Exchange } from '../conversations/kept-exchanges.service';
import { MessagesService } from '../conversations/messages.service';
import type { KeyedRequest } from '../idempotency/keyed-request';
import type { CallEnd } from './completion-calls';
import { CompletionKeys } from './completion-keys';
import type { CompletionRequest } from './completion-request';
import { toKeptReply } from './kept-reply';
import { LateWork } from './late-work';
import { toTextTurns, type TextTurns } from './text-turns';

/** Where an exchange is to be kept: its ids, in the order of its messages. */
interface Place {
  readonly conversationId: string;
  readonly turnIds: readonly string[];
  readonly replyId: string;
}

/** A stored call before its provider is asked. */
export interface Keeping {
  readonly caller: Caller;
  readonly request: CompletionRequest;
  readonly keyed: KeyedRequest | null;
  /** Null: the user has said nothing, so there is nothing to keep. */
  readonly turns: TextTurns | null;
  readonly place: Place;
}

/** What the same request has come to before. */
export interface EarlierReply {
  readonly message: MessageInTree;
  /** What of `message` the model has said then. */
  readonly text: string;
}

/** The answer had tool calls, which are not kept with it, so it can't be given again. */
const NOT_REPEATABLE = 409;
const REPEATABLE = 200;

const RETRY_MS = 500;
/** Ten seconds, as any request waits for the database: what is kept has been paid for. */
const MOST_TRIES = 20;

/** Exchanges of `/v1` that are kept as conversations, once for each key. */
@Injectable()
export class KeptCompletions {
  private readonly logger = new Logger(KeptCompletions.name);

  private readonly untilDatabaseAnswers = retry(
    handleWhen((error) => this.outside.translate(error)?.code === 'database_unavailable'),
    { maxAttempts: MOST_TRIES, backoff: new ConstantBackoff(RETRY_MS) },
  );

  constructor(
    private readonly exchanges: KeptExchanges,
    private readonly messages: MessagesService,
    private readonly keys: CompletionKeys,
    private readonly outside: ErrorTranslator,
    private readonly lateWork: LateWork,
  ) {}

  toKeeping(caller: Caller, request: CompletionRequest, keyed: KeyedRequest | null): Keeping {
    const turns = toTextTurns(request.messages);
    const turnIds = (turns?.turns ?? []).map(newId);
    return { caller, request, keyed, turns, place: { conversationId: newId(), turnIds, replyId: newId() } };
  }

  /**
   * What was kept under the same key, waited for where it is being made. Null: nothing, and the key is this request's.
   *
   * @throws DomainError `idempotency_key_reused`, `rate_limited`; `conflict` – it takes too long, or can't be given again; `not_found` – it
   * was deleted; and what the kept reply failed with.
   */
  async earlier({ caller, keyed, turns, place }: Keeping, gone: AbortSignal): Promise<EarlierReply | null> {
    const kept = keyed && (await this.keys.take(caller.userId, keyed, place.replyId, gone));
    if (!kept) return null;
    if (kept.status === NOT_REPEATABLE)
      throw new DomainError(
        'conflict',
        'The first answer had tool calls, which are not kept. Ask under a new key.',
      );
    const message = await this.messages.getAnywhere(caller, kept.madeId);
    if (message.status === 'failed') throw failedBefore(message);
    return { message, text: message.content.slice(turns?.opening.length ?? 0) };
  }

  /** Keeps what the call has come to. What its provider has not begun is not kept, and its key is given back. */
  async keep(keeping: Keeping, end: CallEnd): Promise<void> {
    const { caller, request, keyed, turns, place } = keeping;
    if (!turns || !end.said.hasBegun) return this.giveBack(keeping);
    const { opening, systemPrompt } = turns;
    const failure = end.error === null ? null : this.toFailure(end.error);
    await this.store({
      ...{
        userId: caller.userId,
        conversationId: place.conversationId,
        model: request.model.id,
        systemPrompt,
      },
      turns: turns.turns.map((turn, at) => ({ ...turn, id: place.turnIds[at]! })),
      reply: toKeptReply(place.replyId, opening, end, failure),
      held: keyed && { key: keyed.key, status: end.said.hasToolCalls ? NOT_REPEATABLE : REPEATABLE },
    });
  }

  private async store(exchange: Exchange): Promise<void> {
    try {
      const isKept = await this.untilDatabaseAnswers.execute(() => this.exchanges.keep(exchange));
      if (!isKept) this.logger.warn({ msg: 'a call took longer than its key was held, and was not kept' });
    } catch (error) {
      this.logger.warn({ msg: 'an exchange could not be kept', err: errorForLog(error) }); // its reader may be gone
      throw error;
    }
  }

  /** Whether the key has been taken or not: where an answer of the database was lost, nobody knows. Never throws. */
  async giveBack({ caller, keyed, place }: Keeping): Promise<void> {
    if (!keyed) return;
    const giveBack = () => this.keys.giveBack(caller.userId, keyed, place.replyId);
    await this.lateWork.do(giveBack, 'a key could not be given back');
  }

  /** As replies fail: what is the caller's fault elsewhere is the model's here. */
  private toFailure(thrown: unknown): DomainError {
    const known = thrown instanceof DomainError ? thrown : this.outside.translate(thrown);
    if (!known) return new DomainError('model_failed', 'The model failed.', { cause: thrown });
    return PROBLEMS[known.code].status < 500 ? new DomainError('model_unavailable', known.message) : known;
  }
}

/** No `Retry-After`: under this key the outcome stays what it is. */
const failedBefore = ({ errorCode, errorDetail }: MessageInTree): DomainError =>
  new DomainError(errorCode ?? 'model_failed', errorDetail ?? 'The model failed.', {
    headers: { 'Retry-After': '' },
  });
