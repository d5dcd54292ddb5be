import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../../common/errors/error-for-log';
import { Heartbeat } from './heartbeat';
import { INTERRUPTED } from './reply.generator';
import { ReplyRepository } from './reply.repository';
import { RunningReplies } from './running-replies';

const SWEEP_MS = 1_000;
/** So that replicas don't sweep in step. */
const JITTER = 0.2;
/** After an outage every lease has run out at once: their owners come first (ENGINE.md, traps). */
const STEADY_MS = 5_000;
const MOST_AT_ONCE = 100;

/** Ends the replies of processes that died: their lease runs out, and they are settled with the text that was stored. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Sweeper.name);
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly replies: ReplyRepository,
    private readonly running: RunningReplies,
    private readonly heartbeat: Heartbeat,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped) return;
    const delayMs = SWEEP_MS * (1 + JITTER * (2 * Math.random() - 1));
    this.timer = setTimeout(() => void this.sweep().finally(() => this.schedule()), delayMs);
  }

  private async sweep(): Promise<void> {
    if (this.heartbeat.steadyMs < STEADY_MS) return;
    try {
      for (const claim of await this.replies.claimExpired(this.running.owner, MOST_AT_ONCE)) {
        await this.replies.settle(
          this.running.owner,
          claim,
          await this.replies.storedText(claim.replyId),
          INTERRUPTED,
        );
        this.logger.warn({ msg: 'ended a reply whose process was gone', replyId: claim.replyId });
      }
    } catch (error) {
      this.logger.warn({ msg: 'sweep failed', err: errorForLog(error) });
    }
  }
}
