import { Injectable, Logger } from '@nestjs/common';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { DomainError, PROBLEMS } from '../../common/errors/domain-error';
import { errorForLog } from '../../common/errors/error-for-log';
import { toDatabaseProblem } from '../../database/database-errors';
import { ChatModel } from '../../llm/chat-model';
import { FirstTexts } from './first-texts';
import type { MessageInTree } from '../message.entity';
import { ReplyMetrics } from './reply-metrics';
import { ReplyRepository } from './reply.repository';
import type { OpenedTurn } from './turn.repository';
import type { ReplyOutcome, ReplyPiece } from './reply.buffer';
import { ReplyStopped, type Claim, type ReplyEnd, type RunningReply } from './running-reply';
import { RunningReplies } from './running-replies';
import { toChatRequest } from './turn-context';

/** How long to wait before an end that the database did not take is offered to it again. */
const SETTLE_RETRY_MS = 500;

/** Writes replies, apart from any request, with no connection held while the model talks. */
@Injectable()
export class ReplyGenerator {
  private readonly logger = new Logger(ReplyGenerator.name);
  private readonly untilDatabaseAnswers = retry(
    handleWhen((error) => toDatabaseProblem(error) !== null),
    { maxAttempts: Infinity, backoff: new ConstantBackoff(SETTLE_RETRY_MS) },
  );
  private readonly patience = new AbortController();

  constructor(
    private readonly model: ChatModel,
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
    private readonly firstTexts: FirstTexts,
    private readonly metrics: ReplyMetrics,
  ) {}

  /** Whether another reply could be written now or soon. */
  get hasRoom(): boolean {
    return this.model.hasRoom;
  }

  /** Writes one reply to its end, whoever is reading; how it ended is stored with its text, once. Never throws. */
  async generate(reply: RunningReply, turn: OpenedTurn): Promise<void> {
    const { question, context, history } = turn;
    let end: ReplyEnd = failed('model_failed', 'The model gave no answer.'); // until the model says that it has finished
    const seen: Pick<Mutable<ReplyEnd>, 'model' | 'hasBegun'> = {};
    if (reply.claim.fence > 1) this.metrics.takenOver('written_anew');
    try {
      reply.signal.throwIfAborted();
      const request = toChatRequest(turn.reply.model!, context, history, question.content);
      for await (const event of this.model.stream(request, reply.signal)) {
        if (event.type === 'answering') seen.model = event.model;
        else seen.hasBegun = true;
        if (event.type === 'text') this.write(reply, event.text);
        if (event.type === 'finish')
          end = { status: 'completed', finishReason: event.reason, usage: event.usage };
        if (reply.isFull) break;
      }
      reply.close();
      if (reply.isFull) end = { status: 'completed', finishReason: 'length' };
    } catch (error) {
      reply.close();
      end = this.toReplyEnd(reply.signal.aborted ? reply.signal.reason : error, reply.claim);
    } finally {
      reply.end(await this.settle(reply, { ...end, ...seen }));
      this.running.remove(reply);
    }
  }

  /** A reply that is written here, as `ReplyBuffer.read`. What there is of it is stored for this reader, unless it has been. */
  read(reply: RunningReply, after: number, gone: AbortSignal): AsyncIterable<ReplyPiece> {
    reply.isRead = true;
    if (reply.awaitsFirstText) this.firstTexts.store(reply);
    return reply.buffer.read(after, gone);
  }

  private write(reply: RunningReply, text: string): void {
    const isFirst = reply.buffer.length === 0;
    reply.write(text);
    if (isFirst && reply.isRead && reply.awaitsFirstText) this.firstTexts.store(reply);
  }

  /** Ends a reply that another process has begun, with the text that it has stored. Null: somebody else was faster. */
  async endStored(claim: Claim, end: ReplyEnd): Promise<MessageInTree | null> {
    const message = await this.store(claim, await this.replies.storedText(claim.replyId), end);
    if (message) this.metrics.takenOver('ended');
    return message;
  }

  /** From now on, an end that the database does not take is left to another process's sweeper. */
  giveUp(): void {
    this.patience.abort();
  }

  private async settle({ claim, buffer, signal }: RunningReply, end: ReplyEnd): Promise<ReplyOutcome> {
    const stopped = stopReasonOf(signal);
    if (stopped === 'lost' || stopped === 'deleted') return { type: stopped };
    try {
      const message = await this.untilDatabaseAnswers.execute(
        () => this.store(claim, buffer.text, end),
        this.patience.signal,
      );
      return message ? { type: 'ended', message } : { type: 'lost' };
    } catch (error) {
      this.logger.error({
        msg: 'a reply could not be stored',
        replyId: claim.replyId,
        err: errorForLog(error),
      });
      return { type: 'lost' }; // its lease runs out, and the sweeper ends it with the text stored so far
    }
  }

  private async store(claim: Claim, text: string, end: ReplyEnd): Promise<MessageInTree | null> {
    const message = await this.replies.settle(this.running.owner, claim, text, end);
    if (message) this.metrics.ended(message);
    return message;
  }

  private toReplyEnd(error: unknown, { replyId }: Claim): ReplyEnd {
    if (error instanceof ReplyStopped) return error.reason === 'cancelled' ? CANCELLED : INTERRUPTED;
    const known = error instanceof DomainError ? error : toDatabaseProblem(error);
    if (known)
      return failed(PROBLEMS[known.code].status < 500 ? 'model_unavailable' : known.code, known.message);
    const msg = 'the model port threw something unexpected';
    this.logger.error({ msg, replyId, err: errorForLog(error) });
    return failed('model_failed', 'The model failed.');
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const stopReasonOf = (signal: AbortSignal) => (signal.reason as ReplyStopped | undefined)?.reason;

const failed = (code: DomainError['code'], detail: string): ReplyEnd => ({
  status: 'failed',
  finishReason: 'error',
  error: { code, detail },
});

export const CANCELLED: ReplyEnd = { status: 'cancelled', finishReason: 'cancelled' };

export const INTERRUPTED: ReplyEnd = {
  status: 'failed',
  finishReason: 'interrupted',
  error: { code: 'interrupted', detail: 'The server stopped while this reply was being written.' },
};
