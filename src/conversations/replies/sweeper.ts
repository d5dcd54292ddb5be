import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../../common/errors/error-for-log';
import { Heartbeat } from './heartbeat';
import { MOST_ATTEMPTS } from './lease';
import { CANCELLED, INTERRUPTED, ReplyGenerator } from './reply.generator';
import { ReplyRepository, type ExpiredReply } from './reply.repository';
import { Repeater } from '../../common/repeater';
import { TurnRepository } from './turn.repository';
import { RunningReplies } from './running-replies';

const SWEEP_MS = 1_000;
/** So that replicas don't sweep in step. */
const JITTER = 0.2;
/** After an outage every lease has run out at once: their owners come first (docs/reply-engine.md). */
const STEADY_MS = 5_000;
const MOST_AT_ONCE = 100;

const withJitter = () => SWEEP_MS * (1 + JITTER * (2 * Math.random() - 1));

/**
 * Takes over the replies that nobody writes any more: of processes that died, and our own that could not be stored. Their lease runs
 * out. One that nobody can have read of is written anew here; others are settled with the text that was stored, never run again.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Sweeper.name);
  private readonly repeater = new Repeater(() => this.sweep(), withJitter);

  constructor(
    private readonly turns: TurnRepository,
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
    private readonly heartbeat: Heartbeat,
    private readonly generator: ReplyGenerator,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start(withJitter());
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private async sweep(): Promise<void> {
    try {
      let taken: number;
      do taken = this.mayTake() ? await this.takeSome() : 0;
      while (taken === MOST_AT_ONCE); // there may be more
    } catch (error) {
      this.logger.warn({ msg: 'sweep failed', err: errorForLog(error) });
    }
  }

  /** How many were taken. What cannot be taken after all is let go: nobody has begun it, and another process may have room for it. */
  private async takeSome(): Promise<number> {
    const { owner } = this.running;
    // What this process writes is its own to settle, however late the heartbeat.
    const expired = await this.replies.claimExpired(owner, MOST_AT_ONCE, this.running.ids());
    let taken = 0;
    for (const reply of expired) {
      if (!this.mayTake() || (isToRunAgain(reply) && !this.generator.hasRoom)) continue;
      await this.take(reply);
      taken += 1;
    }
    if (taken < expired.length) await this.replies.release(owner, this.running.ids());
    return taken;
  }

  private mayTake(): boolean {
    return this.heartbeat.steadyMs >= STEADY_MS && !this.running.isDraining;
  }

  /** What fails is claimed again once this claim's lease has run out: it must not hold up the others. */
  private async take(reply: ExpiredReply): Promise<void> {
    const { replyId } = reply;
    try {
      if (isToRunAgain(reply)) await this.runAgain(reply);
      else await this.end(reply);
    } catch (error) {
      this.logger.warn({ msg: 'could not take over a reply', replyId, err: errorForLog(error) });
    }
  }

  private async runAgain({ replyId, conversationId, fence }: ExpiredReply): Promise<void> {
    const turn = await this.turns.findOpened(replyId);
    if (!turn) return; // deleted meanwhile
    const reply = this.running.begin({ replyId, conversationId, fence });
    reply.hasRow = true;
    this.logger.warn({ msg: 'writes a reply anew that nobody was writing any more', replyId });
    void this.generator.generate(reply, turn);
  }

  private async end(reply: ExpiredReply): Promise<void> {
    const { replyId, cancelled } = reply;
    const ended = await this.generator.endStored(reply, cancelled ? CANCELLED : INTERRUPTED);
    if (ended) this.logger.warn({ msg: 'ended a reply that nobody was writing any more', replyId });
  }
}

/** Nobody can have read of it, nor wants it stopped, and it has not brought down too many processes. */
const isToRunAgain = ({ hasText, cancelled, attempts }: ExpiredReply): boolean =>
  !hasText && !cancelled && attempts <= MOST_ATTEMPTS;
