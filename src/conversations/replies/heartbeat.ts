import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../../common/errors/error-for-log';
import { Repeater } from '../../common/repeater';
import { ReplyBeats } from './reply-beats';
import { RunningReplies } from './running-replies';

const BEAT_MS = 1_000;

/** Once a second, for all replies in one statement: stores what was written and says that we live. Also when there is nothing to store. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Heartbeat.name);
  private readonly repeater = new Repeater(
    () => this.beat(),
    () => BEAT_MS,
  );
  private steadySince = Infinity;
  private answeredAt = performance.now();

  constructor(
    private readonly beats: ReplyBeats,
    private readonly running: RunningReplies,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start(0);
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  /** For how long every beat has been answered. Zero after a failure. */
  get steadyMs(): number {
    return Math.max(0, performance.now() - this.steadySince);
  }

  /** Since the database has last answered. */
  get lagMs(): number {
    return performance.now() - this.answeredAt;
  }

  private async beat(): Promise<void> {
    const replies = this.running.all();
    try {
      await this.beats.send(replies);
      this.answeredAt = performance.now();
      this.steadySince = Math.min(this.steadySince, performance.now());
    } catch (error) {
      const news = this.steadySince < Infinity; // one line an outage, not one a second
      this.steadySince = Infinity;
      if (news)
        this.logger.warn({ msg: 'heartbeat failed', replies: replies.length, err: errorForLog(error) });
    }
    for (const reply of replies) if (reply.isAdrift) reply.giveUp();
  }
}
