import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../../common/errors/error-for-log';
import { Heartbeat } from './heartbeat';
import { INTERRUPTED } from './reply.generator';
import { ReplyRepository } from './reply.repository';
import { Repeater } from '../../common/repeater';
import { RunningReplies } from './running-replies';
import type { Claim } from './running-reply';

const SWEEP_MS = 1_000;
/** So that replicas don't sweep in step. */
const JITTER = 0.2;
/** After an outage every lease has run out at once: their owners come first (docs/reply-engine.md). */
const STEADY_MS = 5_000;
const MOST_AT_ONCE = 100;

const withJitter = () => SWEEP_MS * (1 + JITTER * (2 * Math.random() - 1));

/**
 * Ends the replies that nobody writes any more: of processes that died, and our own that could not be stored. Their lease runs
 * out, and they are settled with the text that was stored.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Sweeper.name);
  private readonly repeater = new Repeater(() => this.sweep(), withJitter);

  constructor(
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
    private readonly heartbeat: Heartbeat,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start(withJitter());
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private async sweep(): Promise<void> {
    if (!this.isSteady()) return;
    try {
      const writing = this.running.ids(); // theirs to settle, however late the heartbeat
      const claims = await this.replies.claimExpired(this.running.owner, MOST_AT_ONCE, writing);
      for (const claim of claims) if (this.isSteady()) await this.end(claim); // the rest will run out again
    } catch (error) {
      this.logger.warn({ msg: 'sweep failed', err: errorForLog(error) });
    }
  }

  private isSteady(): boolean {
    return this.heartbeat.steadyMs >= STEADY_MS;
  }

  /** What fails is claimed again once this claim's lease has run out: it must not hold up the others. */
  private async end(claim: Claim): Promise<void> {
    const { replyId } = claim;
    try {
      const text = await this.replies.storedText(replyId);
      const ended = await this.replies.settle(this.running.owner, claim, text, INTERRUPTED);
      if (ended) this.logger.warn({ msg: 'ended a reply that nobody was writing any more', replyId });
    } catch (error) {
      this.logger.warn({ msg: 'could not end a reply', replyId, err: errorForLog(error) });
    }
  }
}
