import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors/domain-error';
import { newId } from '../../common/ids';
import { within } from '../../common/within';
import { Config } from '../../config/config';
import { CANCELLED, ReplyGenerator } from './reply.generator';
import { ReplyRepository, type OpenedTurn, type Regeneration, type Turn } from './reply.repository';
import { RunningReply } from './running-reply';
import { RunningReplies } from './running-replies';

export type NewTurn = Pick<
  Turn,
  'userId' | 'conversationId' | 'content' | 'parentId' | 'chooseModel' | 'keyed'
>;

export type NewRegeneration = Omit<Regeneration, 'replyId'>;

export interface StartedTurn extends Pick<OpenedTurn, 'question' | 'reply'> {
  readonly running: RunningReply;
}

/** How long a drain waits for the last ends to be stored. */
const SETTLE_MS = 5_000;

/** The reply engine: opens a turn, writes its reply apart from any request, and stops it. Knows no HTTP. */
@Injectable()
export class RepliesService {
  private draining = false;

  constructor(
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
    private readonly generator: ReplyGenerator,
    private readonly config: Config,
  ) {}

  /**
   * Commits a question with its pending reply, and only then starts to write the reply, which nobody need wait for.
   *
   * @throws DomainError `not_found`, `reply_in_progress`, `conflict`, `unknown_model`, `draining` – nothing was stored.
   */
  start(turn: NewTurn): Promise<StartedTurn> {
    const ids = { questionId: newId(), replyId: newId() };
    return this.write({ ...turn, ...ids }, (owner) => this.replies.open(owner, { ...turn, ...ids }));
  }

  /**
   * As `start`, for another reply to a question that has one.
   *
   * @throws DomainError `not_found`, `reply_in_progress`, `conflict`, `unknown_model`, `draining` – nothing was stored.
   */
  regenerate(regeneration: NewRegeneration): Promise<StartedTurn> {
    const turn = { ...regeneration, replyId: newId() };
    return this.write(turn, (owner) => this.replies.regenerate(owner, turn));
  }

  private async write(
    { replyId, conversationId }: Pick<Turn, 'replyId' | 'conversationId'>,
    open: (owner: string) => Promise<OpenedTurn>,
  ): Promise<StartedTurn> {
    if (this.draining) throw new DomainError('draining', 'This server is going away. Try again.');
    const claim = { replyId, conversationId, fence: 1 };
    const running = new RunningReply(claim, this.config.replies.replyMaxChars);
    this.running.add(running); // before its row is there: whoever finds the row finds its writer too
    const opened = await this.open(open, running);
    void this.generator.generate(running, opened);
    return { question: opened.question, reply: opened.reply, running };
  }

  private async open(
    open: (owner: string) => Promise<OpenedTurn>,
    running: RunningReply,
  ): Promise<OpenedTurn> {
    try {
      const opened = await open(this.running.owner);
      running.hasRow = true;
      return opened;
    } catch (error) {
      running.end({ type: 'lost' }); // where only the answer was lost, the row is there, and the sweeper ends it
      this.running.remove(running);
      throw error;
    }
  }

  /** The reply, if this process is writing it. */
  find(replyId: string): RunningReply | null {
    return this.running.find(replyId);
  }

  /** Stops a reply as cancelled, wherever it is written, its text so far kept. Resolves when that is stored, or it has ended otherwise. */
  async cancel(replyId: string): Promise<void> {
    const local = this.running.find(replyId);
    if (local) {
      local.stop('cancelled');
      await local.ended;
      return;
    }
    const claim = await this.replies.takeOver(this.running.owner, replyId); // its writer learns of it at its next heartbeat
    if (claim)
      await this.replies.settle(this.running.owner, claim, await this.replies.storedText(replyId), CANCELLED);
  }

  /** Ends the writing of replies whose rows are gone. */
  forget(replyIds: readonly string[]): void {
    this.running.stop(replyIds, 'deleted');
  }

  /** Takes no new turns, lets replies end within `timeoutMs`, then ends the rest as interrupted, their text kept. */
  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    await this.allEnded(timeoutMs);
    for (const reply of this.running.all()) reply.stop('interrupted');
    await this.allEnded(SETTLE_MS);
    this.generator.giveUp();
  }

  private async allEnded(timeoutMs: number): Promise<void> {
    await within(timeoutMs, Promise.all(this.running.all().map(({ ended }) => ended)));
  }
}
