import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors/domain-error';
import { newId } from '../../common/ids';
import { within } from '../../common/within';
import { CANCELLED, ReplyGenerator } from './reply.generator';
import { ReplyRepository } from './reply.repository';
import { TurnRepository, type OpenedTurn, type Regeneration, type Turn } from './turn.repository';
import { RemoteReplies } from './remote-replies';
import type { ReplyOutcome, ReplyPiece } from './reply.buffer';
import type { RunningReply } from './running-reply';
import { RunningReplies } from './running-replies';

export type NewTurn = Pick<
  Turn,
  'userId' | 'conversationId' | 'opens' | 'content' | 'parentId' | 'chooseModel' | 'keyed'
>;

export type NewRegeneration = Omit<Regeneration, 'replyId'>;

export interface StartedTurn extends Pick<OpenedTurn, 'question' | 'reply'> {
  readonly running: RunningReply;
}

/** How long the owner of a reply on another replica has to stop it. It looks four times a second. */
const OWNER_STOPS_MS = 3_000;
/** How long a drain waits for the last ends to be stored. */
const SETTLE_MS = 5_000;

const tooManyReplies = () =>
  new DomainError('model_unavailable', 'Too many replies are being written here. Try again shortly.', {
    headers: { 'Retry-After': '1' },
  });

/** The reply engine: opens a turn, writes its reply apart from any request, and stops it. Knows no HTTP. */
@Injectable()
export class RepliesService {
  constructor(
    private readonly turns: TurnRepository,
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
    private readonly generator: ReplyGenerator,
    private readonly remote: RemoteReplies,
  ) {}

  /**
   * Commits a question with its pending reply, and only then starts to write the reply, which nobody need wait for.
   *
   * @throws DomainError `not_found`, `reply_in_progress`, `conflict`, `unknown_model`, `quota_exceeded`,
   * `context_length_exceeded`, `draining`, `model_unavailable` (with `Retry-After`: too many at once) – nothing was stored.
   */
  start(turn: NewTurn): Promise<StartedTurn> {
    const ids = { questionId: newId(), replyId: newId() };
    return this.write({ ...turn, ...ids }, (owner) => this.turns.open(owner, { ...turn, ...ids }));
  }

  /**
   * As `start`, for another reply to a question that has one.
   *
   * @throws DomainError `not_found`, `reply_in_progress`, `conflict`, `unknown_model`, `quota_exceeded`,
   * `context_length_exceeded`, `draining`, `model_unavailable` (with `Retry-After`: too many at once) – nothing was stored.
   */
  regenerate(regeneration: NewRegeneration): Promise<StartedTurn> {
    const turn = { ...regeneration, replyId: newId() };
    return this.write(turn, (owner) => this.turns.regenerate(owner, turn));
  }

  private async write(
    { replyId, conversationId }: Pick<Turn, 'replyId' | 'conversationId'>,
    open: (owner: string) => Promise<OpenedTurn>,
  ): Promise<StartedTurn> {
    if (this.running.isDraining) throw new DomainError('draining', 'This server is going away. Try again.');
    if (!this.generator.hasRoom) throw tooManyReplies();
    const running = this.running.begin({ replyId, conversationId, fence: 1 });
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

  /**
   * A reply from `after` (UTF-16 units) to its end, running here or elsewhere, or ended. Ends quietly when `gone` is aborted. Whose it
   * is, the caller has asked.
   */
  read(replyId: string, after: number, gone: AbortSignal): AsyncIterable<ReplyPiece> {
    const local = this.running.find(replyId);
    return local ? this.generator.read(local, after, gone) : this.remote.read(replyId, after, gone);
  }

  /** How a reply ends, wherever it is written; of its text nothing is read. Null: it has not ended when `late` is aborted. */
  endOf(replyId: string, late: AbortSignal): Promise<ReplyOutcome | null> {
    return this.running.find(replyId)?.ended ?? this.remote.endOf(replyId, late);
  }

  /** Stops a reply as cancelled, wherever it is written, its text so far kept. Resolves when that is stored, or it has ended otherwise. */
  async cancel(replyId: string): Promise<void> {
    const local = this.running.find(replyId);
    local?.stop('cancelled');
    const outcome = await local?.ended;
    if (outcome && outcome.type !== 'lost') return;
    if (!(await this.replies.requestCancel(replyId))) return;
    if ((await this.endElsewhere(replyId)) === 'late') await this.cancelInItsPlace(replyId);
  }

  /** `lost`: this process is going away. `late`: nobody has ended it in the time that its owner has. */
  private async endElsewhere(replyId: string): Promise<ReplyOutcome['type'] | 'late'> {
    const late = new AbortController();
    const outcome = await within(OWNER_STOPS_MS, this.remote.endOf(replyId, late.signal));
    late.abort();
    return outcome?.type ?? 'late';
  }

  /** Where the owner has died, or does not come round to it: it learns at its next heartbeat that the reply is no longer its own. */
  private async cancelInItsPlace(replyId: string): Promise<void> {
    const claim = await this.replies.takeOver(this.running.owner, replyId);
    if (!claim) return;
    if (!(await this.generator.endStored(claim, CANCELLED))) await this.endElsewhere(replyId); // somebody else has taken it over for the same reason
  }

  /** Ends the writing of replies whose rows are gone. */
  forget(replyIds: readonly string[]): void {
    this.running.stop(replyIds, 'deleted');
  }

  /**
   * Takes no new turns, and lets replies end within `timeoutMs`. Then those with text end as interrupted, those without are left to
   * another replica, and whoever still reads here is sent there.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.running.drain();
    await this.allEnded(timeoutMs);
    for (const reply of this.running.all()) reply.stop(reply.buffer.length > 0 ? 'interrupted' : 'lost');
    await this.allEnded(SETTLE_MS);
    this.generator.giveUp();
    await this.replies.release(this.running.owner, []).catch(() => undefined); // their leases run out by themselves, too
    this.remote.close();
  }

  private async allEnded(timeoutMs: number): Promise<void> {
    await within(timeoutMs, Promise.all(this.running.all().map(({ ended }) => ended)));
  }
}
